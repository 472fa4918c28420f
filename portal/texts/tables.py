"""The words for what is wrong with a file, a row or a cell."""

from portal.texts.marker import N_

REFUSALS = {
    "table.no_such_file": N_("File %(name)s tidak ditemukan. Periksa nama dan foldernya."),
    "table.empty": N_("File ini kosong atau hanya berisi judul kolom. Pilih file yang berisi data."),
    "table.too_large": N_("File ini lebih besar dari %(most)s MB. Bagi menjadi beberapa file."),
    "table.too_many_rows": N_("File ini punya lebih dari %(most)s baris. Bagi menjadi beberapa file."),
    "table.too_many_columns": N_(
        "File ini punya %(count)s kolom, paling banyak %(most)s. Hapus kolom yang tidak perlu."
    ),
    "table.too_heavy": N_(
        "Buku kerja ini terlalu berat untuk dibuka. Salin datanya ke buku baru, atau simpan sebagai CSV."
    ),
    "table.protected": N_("File ini dilindungi kata sandi. Simpan ulang tanpa kata sandi, lalu unggah lagi."),
    "table.macros": N_("File ini berisi makro. Simpan sebagai .xlsx biasa atau CSV, lalu unggah lagi."),
    "table.hidden_sheet": N_(
        "Lembar pertama «%(sheet)s» tersembunyi. Tampilkan atau hapus lembar itu, lalu unggah lagi."
    ),
    "table.more_sheets": N_(
        "Lembar lain juga berisi data: %(sheets)s. Simpan tiap lembar sebagai file sendiri, lalu unggah satu per satu."
    ),
    "table.old_workbook": N_("Format ini tidak dibaca (.xls, .xlsb, .ods). Simpan sebagai .xlsx atau CSV."),
    "table.not_a_table": N_("Isi file ini bukan tabel CSV atau XLSX. Periksa apakah filenya benar."),
    "table.broken_workbook": N_(
        "Buku kerja ini rusak atau terpotong. Simpan ulang sebagai .xlsx, lalu unggah lagi."
    ),
    "table.merged_cells": N_(
        "Sel %(cells)s digabung (merge). Pisahkan sel yang digabung, lalu simpan ulang."
    ),
    "table.binary": N_(
        "Baris %(line)s berisi karakter nol, jadi ini bukan CSV biasa. Simpan ulang sebagai CSV UTF-8."
    ),
    "table.mixed_encoding": N_(
        "Baris %(line)s memakai pengodean huruf yang berbeda. Simpan ulang seluruh file sebagai CSV UTF-8."
    ),
    "table.broken_quotes": N_(
        "Tanda kutip pada baris %(line)s tidak ditutup dengan benar. Perbaiki baris itu, lalu unggah lagi."
    ),
    "table.field_too_long": N_(
        "Isi sel pada baris %(line)s terlalu panjang. Perbaiki; mungkin ada tanda kutip yang tidak ditutup."
    ),
    "table.headings_missing": N_(
        "Judul kolom tidak ditemukan: %(headings)s. Pakai judul seperti pada contoh file."
    ),
    "table.headings_not_first": N_(
        "Judul kolom baru ada di baris %(line)s. Hapus baris di atasnya, lalu unggah lagi."
    ),
    "table.heading_twice": N_(
        "Dua kolom berarti sama: «%(heading)s» dan «%(other)s». Hapus salah satu, lalu unggah lagi."
    ),
    "table.rounded_niks": N_(
        "%(rounded)s dari %(count)s NIK berakhir dengan 0: tampaknya dibulatkan oleh program lembar kerja. "
        "Minta file asli, atau format kolom NIK sebagai teks sebelum mengisi."
    ),
    "table.bad_rows": N_(
        "%(count)s baris salah, jadi tidak ada yang disimpan. Perbaiki baris itu, lalu unggah lagi."
    ),
    "table.unknown_ending": N_("Nama file %(name)s harus berakhir dengan .csv atau .xlsx."),
    "row.too_many_cells": N_(
        "Baris ini punya %(count)s sel, judulnya %(expected)s. Periksa pemisah kolomnya."
    ),
    "row.too_few_cells": N_(
        "Baris ini hanya punya %(count)s sel, judulnya %(expected)s. Lengkapi baris itu."
    ),
    "cell.missing": N_("Sel ini wajib diisi."),
    "cell.too_long": N_("Isinya %(length)s karakter, paling banyak %(limit)s. Persingkat."),
    "cell.control_character": N_("«%(value)s» berisi karakter yang tidak terlihat. Ketik ulang isinya."),
    "cell.broken_formula": N_("Sel ini berisi rumus yang gagal (%(value)s). Ganti dengan nilainya."),
    "cell.formula": N_("Sel ini berisi rumus. Salin lalu tempel sebagai nilai, supaya yang dibaca pasti."),
    "cell.broken_letters": N_(
        "Ada huruf yang rusak di «%(value)s». Simpan ulang dari sumbernya sebagai UTF-8."
    ),
    "cell.bad_code": N_("Kode «%(value)s» tidak boleh berisi koma, tanda kutip atau baris baru."),
    "cell.not_text": N_("«%(value)s» bukan kode. Format kolom sebagai teks, lalu isi kembali."),
    "cell.not_a_day": N_("«%(value)s» bukan tanggal. Tulis seperti 2026-10-22 atau 22/10/2026."),
    "cell.no_such_day": N_("Tanggal «%(value)s» tidak ada di kalender. Periksa hari dan bulannya."),
    "cell.year_out_of_range": N_("Tahun pada «%(value)s» di luar 1900–2100. Tulis tahun dengan empat angka."),
    "cell.not_a_month": N_("«%(value)s» bukan bulan. Tulis seperti 2026-10 atau 10/2026."),
    "cell.not_rupiah": N_("«%(value)s» bukan jumlah rupiah bulat. Tulis seperti 16800 atau 16.800."),
    "cell.not_whole": N_("«%(value)s» bukan bilangan bulat. Tulis angkanya saja."),
    "cell.out_of_bounds": N_("%(value)s di luar batas %(least)s sampai %(most)s."),
    "cell.not_yes_or_no": N_("«%(value)s» bukan ya atau tidak. Tulis ya atau tidak."),
    "cell.number_lost_digits": N_(
        "Nomor ini diubah menjadi angka oleh program lembar kerja, digitnya bisa hilang. "
        "Format kolom sebagai teks, lalu isi kembali dari sumber aslinya."
    ),
    "cell.not_a_choice": N_("«%(value)s» tidak dikenal. Pilihannya: %(choices)s."),
}
