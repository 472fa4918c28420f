"""The words of inactive cadres."""

from portal.texts.marker import N_

REFUSALS = {
    "inactivity.no_such_proposal": N_("Usul ini tidak ada di wilayah Anda. Muat ulang daftarnya."),
    "inactivity.decided": N_("Usul ini sudah diputuskan. Muat ulang daftarnya."),
}
