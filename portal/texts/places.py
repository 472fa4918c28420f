"""The words for places."""

from portal.texts.marker import N_

REFUSALS = {
    "place.unknown_village": N_(
        "Kode desa «%(code)s» tidak dikenal. Pakai kode Kemendagri 10 angka, atau cari nama desanya."
    ),
}

LABELS = {
    "place_level.province": N_("Provinsi"),
    "place_level.regency": N_("Kabupaten/kota"),
    "place_level.district": N_("Kecamatan"),
    "place_level.village": N_("Desa/kelurahan"),
}
