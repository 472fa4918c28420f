"""The words for photos that are refused."""

from portal.texts.marker import N_

REFUSALS = {
    "photo.not_an_image": N_("File ini bukan foto yang bisa dibaca. Pilih foto JPEG, PNG atau WebP."),
    "photo.heic": N_("Foto HEIC belum bisa dibaca. Atur kamera ke JPEG, atau kirim tangkapan layarnya."),
    "photo.animated": N_("Gambar bergerak tidak diterima. Pilih satu foto JPEG, PNG atau WebP."),
    "photo.too_large": N_("Foto ini lebih besar dari %(most)s MB. Pilih foto yang lebih kecil."),
    "photo.truncated": N_("Foto ini terpotong saat dikirim. Kirim ulang fotonya."),
    "photo.too_many_pixels": N_(
        "Foto ini lebih dari %(most)s megapiksel. Perkecil fotonya, lalu kirim lagi."
    ),
    "photo.location": N_("Lokasi foto ini tidak terbaca. Kirim fotonya tanpa lokasi."),
    "photo.conflict": N_("Nomor foto ini sudah dipakai untuk foto lain. Ambil fotonya lagi."),
    "photo.decided": N_("Laporan ini sudah diputus, jadi tidak menerima foto lagi."),
    "photo.too_late": N_(
        "Foto boleh menyusul sampai %(hours)s jam sesudah laporan. Minta pembina mengembalikan laporannya."
    ),
    "storage.not_found": N_("File ini tidak ada lagi."),
}
