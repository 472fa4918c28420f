"""The words of the report's forms."""

from portal.texts.marker import N_

ERRORS = {
    "type": N_("Pilih jenis kegiatan."),
    "held_on": N_("Isi tanggal kegiatan, misalnya 22/10/2026."),
    "in_future": N_("Tanggal kegiatan masih di depan. Laporkan setelah selesai."),
    "too_early": N_("Tanggal ini terlalu lama. Periksa tahunnya."),
    "place": N_("Isi nama tempat, misalnya Pasar 10 Ulu."),
    "village": N_("Cari lalu pilih kelurahan atau desa tempat kegiatan."),
    "attendance": N_("Isi jumlah hadir dengan angka, misalnya 24."),
    "attendance_missing": N_("Isi jumlah hadir. Tulis 0 bila tidak ada yang hadir."),
    "name": N_("Isi nama sesuai KTP."),
    "nik": N_("Isi 16 angka NIK dari KTP."),
    "birth_date": N_("Isi tanggal lahir seperti di KTP, misalnya 05/07/1985."),
    "born_in_future": N_("Tanggal lahir ini tidak mungkin. Periksa lagi KTP."),
    "programmes": N_("Pilih paket program."),
    "consent": N_("Centang bila calon peserta sudah setuju. Tanpa itu datanya tidak boleh dikirim."),
    "photos_none": N_("Pilih satu foto atau lebih, atau lanjut tanpa foto."),
    "photos_many": N_("Pilih paling banyak 4 foto."),
}

# The rulebook's sentences that the form says by itself, with the same words as the server.
REFUSED = (
    "nik.letters",
    "nik.length",
    "nik.repeated",
    "nik.region",
    "nik.date",
    "nik.serial",
    "phone.malformed",
    "text.too_long",
)
