"""The words of training: refusals of exams and courses, what the audit trail says of them."""

from portal.texts.marker import N_

REFUSALS = {
    "course.not_found": N_("Pelatihan ini tidak ada. Buka lagi dari halaman Pelatihan."),
    "course.no_such_lesson": N_("Pelajaran ini tidak ada. Buka lagi dari halaman Pelatihan."),
    "course.schema": N_("Berkas pelatihan belum sesuai di %(place)s: %(problem)s"),
    "course.code_twice": N_("Kode %(code)s dipakai dua kali (%(what)s). Beri kode lain."),
    "course.unknown_lesson": N_("Soal %(question)s menunjuk pelajaran %(lesson)s, yang tidak ada."),
    "course.unknown_source": N_("%(place)s menyebut sumber %(tag)s, yang tidak ada dalam daftar sumber."),
    "course.uneven_table": N_("Tabel di pelajaran %(lesson)s punya baris yang jumlah kolomnya berbeda."),
    "course.too_few_questions": N_("Ada %(n)s soal, padahal ujian menanyakan %(asked)s. Tambah soalnya."),
    "exam.not_found": N_("Ujian ini tidak ada. Buka lagi dari halaman Pelatihan."),
    "exam.no_cohort": N_("Ujian terbuka setelah Anda masuk satu angkatan pelatihan. Hubungi pembina cabang."),
    "exam.early": N_("Ujian terbuka setelah pertemuan pertama dimulai."),
    "exam.passed": N_("Anda sudah lulus ujian ini."),
    "exam.wait": N_(
        "Kesempatan ujian sudah terpakai. Coba lagi nanti, atau minta pembina membuka satu lagi."
    ),
    "exam.over": N_("Waktu ujian sudah habis. Jawaban yang tersimpan tetap dinilai."),
    "exam.no_such_answer": N_("Pilihan itu tidak ada. Buka lagi soalnya, lalu pilih satu jawaban."),
}

LABELS = {
    "act.course.installed": N_("Memasang pelatihan bawaan"),
    "act.course.loaded": N_("Memuat versi pelatihan"),
    "act.exam.begun": N_("Memulai ujian"),
    "act.exam.handed_in": N_("Ujian dinilai"),
    "act.certificate.issued": N_("Sertifikat terbit"),
    "detail.course": N_("pelatihan"),
    "detail.score": N_("nilai"),
    "detail.passed": N_("lulus"),
    "detail.until": N_("sampai"),
}
