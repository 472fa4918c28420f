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
    "exam.tries_left": N_(
        "Ia masih punya kesempatan ujian. Kesempatan baru dibuka setelah semuanya terpakai."
    ),
    "exam.reason_needed": N_("Tulis alasannya dengan satu kalimat."),
    "activation.refused": N_("Belum semua syarat terpenuhi. Lihat daftar syaratnya, lalu lengkapi."),
    "people.activated_by_training": N_("Calon diaktifkan dari halaman syaratnya: buka Periksa dan aktifkan."),
    "cadre.identity_known": N_("NIK dan tanggal lahirnya sudah tersimpan."),
    "cadre.birth_date": N_("Tanggal lahir ini tidak mungkin. Periksa tahunnya."),
    "cadre.nik_differs": N_("NIK ini berbeda dari yang sudah tersimpan. Periksa lagi dengan KTP-nya."),
    "cadre.nik_taken": N_("NIK ini sudah dipakai kader lain. Periksa lagi dengan KTP-nya."),
    "certificate.not_found": N_("Belum ada sertifikat. Sertifikat terbit setelah semua pertemuan dan ujian."),
    "certificate.not_active": N_("Surat tugas dan kartu hanya untuk kader aktif."),
    "certificate.unknown_choice": N_("Pilih salah satu: nama, inisial, atau tidak tampil."),
    "cohort.not_found": N_("Angkatan ini tidak ada. Buka lagi dari daftar angkatan."),
    "cohort.no_course": N_("Pilih pelatihannya dari daftar."),
    "cohort.seats": N_("Isi kursi dari 1 sampai %(most)s."),
    "cohort.sessions": N_("Isi paling sedikit %(least)s pertemuan, paling banyak %(most)s."),
    "cohort.hours": N_("Pertemuan selesai sesudah mulai, paling lama %(most)s jam."),
    "cohort.in_past": N_("Pertemuan pertama sudah lewat. Pilih waktu yang akan datang."),
    "cohort.order": N_("Pertemuan harus berurutan dan tidak saling menindih. Periksa tanggal dan jamnya."),
    "cohort.seats_taken": N_(
        "%(taken)s kursi sudah terisi. Kosongkan dulu, atau isi angka yang lebih besar."
    ),
    "cohort.changed_meanwhile": N_("Angkatan ini baru diubah orang lain. Muat ulang, lalu ubah lagi."),
    "cohort.begun": N_("Angkatan ini sudah dimulai, jadi tidak bisa diubah lagi."),
    "cohort.cancelled": N_("Angkatan ini sudah dibatalkan."),
    "cohort.reason_needed": N_("Tulis alasannya dengan satu kalimat."),
    "cohort.has_certificates": N_("Angkatan ini sudah memberi sertifikat, jadi tidak bisa dibatalkan."),
    "cohort.not_seatable": N_(
        "Ada yang tidak bisa mendapat kursi: bukan calon atau kader cabang ini, atau masih di angkatan lain. "
        "Muat ulang, lalu pilih lagi."
    ),
    "cohort.full": N_("Tinggal %(free)s kursi, padahal %(wanted)s orang dipilih. Kurangi pilihannya."),
    "cohort.not_seated": N_("Orang itu tidak punya kursi di angkatan ini."),
    "cohort.attended_already": N_("Kehadirannya sudah tercatat, jadi kursinya tetap."),
    "attendance.no_seat": N_("Anda tidak punya kursi di angkatan ini. Hubungi pembina cabang."),
    "attendance.out_of_hours": N_("Kehadiran hanya bisa dicatat selama pertemuan berlangsung."),
    "attendance.unknown": N_("Pilih hadir atau izin."),
    "attendance.too_early": N_("Pertemuan itu belum dimulai. Kehadiran dicatat setelah dimulai."),
    "attendance.reason_needed": N_("Tulis alasannya dengan satu kalimat."),
    "attendance.already": N_("Kehadirannya sudah tercatat."),
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
    "act.exam.try_freed": N_("Membuka satu kesempatan ujian"),
    "act.cohort.opened": N_("Membuka angkatan"),
    "act.cohort.edited": N_("Mengubah angkatan"),
    "act.cohort.cancelled": N_("Membatalkan angkatan"),
    "act.cohort.seated": N_("Memberi kursi angkatan"),
    "act.cohort.unseated": N_("Mengosongkan kursi angkatan"),
    "act.attendance.attended": N_("Kehadiran dicatat"),
    "act.attendance.entered": N_("Kehadiran dicatat tanpa kode"),
    "subject.training_cohort": N_("angkatan"),
    "cohort_stage.coming": N_("akan datang"),
    "cohort_stage.running": N_("berlangsung"),
    "cohort_stage.past": N_("selesai"),
    "cohort_stage.cancelled": N_("dibatalkan"),
    "cohort_call.absent": N_("Tidak hadir di satu pertemuan"),
    "cohort_call.tries": N_("Belum lulus, kesempatan ujian sudah terpakai"),
    "cohort_call.failed": N_("Pertemuan selesai, ujian belum lulus"),
    "cohort_call.not_begun": N_("Pertemuan selesai, belum ujian"),
    "attendance_how.code": N_("dengan kode"),
    "attendance_how.entered": N_("dicatat pembina"),
    "attendance_how.excused": N_("izin"),
    "act.cadre.activated": N_("Mengaktifkan calon kader"),
    "act.cadre.identity_entered": N_("Mengisi NIK dan tanggal lahir"),
    "obstacle_to_activation.not_certified": N_("Belum bersertifikat"),
    "obstacle_to_activation.certificate_over": N_("Sertifikatnya sudah habis"),
    "obstacle_to_activation.no_birth_date": N_("Tanggal lahirnya belum diketahui"),
    "obstacle_to_activation.too_young": N_("Belum 18 tahun"),
    "obstacle_to_activation.no_nik": N_("NIK-nya belum diketahui"),
    "obstacle_to_activation.not_paying": N_("Belum peserta yang membayar"),
    "obstacle_to_activation_do.not_certified": N_(
        "Hadir di semua pertemuan satu angkatan dan lulus ujiannya."
    ),
    "obstacle_to_activation_do.certificate_over": N_("Beri kursi di angkatan berikutnya."),
    "obstacle_to_activation_do.no_birth_date": N_("Isi dari KTP-nya di bawah."),
    "obstacle_to_activation_do.too_young": N_("Bisa diaktifkan mulai hari ia berumur 18 tahun."),
    "obstacle_to_activation_do.no_nik": N_("Isi dari KTP-nya di bawah."),
    "obstacle_to_activation_do.not_paying": N_(
        "Data BPJS yang sudah diterapkan belum memuat iurannya dalam tiga bulan terakhir. "
        "Minta ia membayar, lalu tunggu data berikutnya."
    ),
    "act.certificate.shown_set": N_("Memilih yang tampil di halaman periksa"),
    "act.certificate.ending": N_("Sertifikat hampir habis"),
    "detail.shows": N_("yang tampil"),
    "certificate_state.valid": N_("berlaku"),
    "certificate_state.ending": N_("hampir habis"),
    "certificate_state.expired": N_("habis, masih boleh melapor"),
    "certificate_state.ended": N_("habis"),
    "certificate_do.ending": N_(
        "Sertifikat ini hampir habis. Minta pembina cabang kursi di angkatan berikutnya."
    ),
    "certificate_do.expired": N_(
        "Sertifikat ini sudah habis. Anda masih boleh melapor beberapa waktu; minta kursi di angkatan berikutnya."
    ),
    "certificate_do.ended": N_("Sertifikat ini sudah habis dan Lapor tertutup. Ikuti pelatihan lagi."),
    "detail.cohort": N_("angkatan"),
    "detail.session": N_("pertemuan"),
    "detail.how": N_("cara"),
    "act.certificate.issued": N_("Sertifikat terbit"),
    "detail.course": N_("pelatihan"),
    "detail.score": N_("nilai"),
    "detail.passed": N_("lulus"),
    "detail.until": N_("sampai"),
}
