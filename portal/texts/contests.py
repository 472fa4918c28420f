"""The words of contests: refusals, what challenges count, phases, what the audit trail says."""

from portal.texts.marker import N_

REFUSALS = {
    "contests.no_such": N_("Tantangan ini tidak ada. Buka lagi dari halaman Tantangan."),
    "contests.no_team": N_("Tim ini tidak ada. Muat ulang halamannya, lalu pilih lagi."),
    "contests.no_teams": N_("Tantangan ini dijalani sendiri, tanpa tim."),
    "contests.no_host": N_("Anda tidak punya wadah. Pilih tim lain atau dirikan tim sendiri."),
    "contests.other_host": N_("Tim ini milik wadah lain. Pilih tim wadah Anda atau tim bebas."),
    "contests.teams_closed": N_("Tantangan ini sudah berakhir, jadi timnya tidak bisa diubah lagi."),
    "contests.team_full": N_("Tim ini sudah penuh: paling banyak %(most)s kader. Pilih tim lain."),
    "contests.team_name": N_("Isi nama tim, paling sedikit tiga huruf."),
    "contests.team_taken": N_("Nama ini sudah dipakai tim lain. Pilih nama lain, atau masuk tim itu."),
    "contests.founded_already": N_("Anda sudah mendirikan tim %(name)s. Masuk lagi ke tim itu."),
    "contests.cadres_only": N_("Hanya kader yang ikut tantangan dan liga."),
    "contests.office_only": N_("Hanya pembina dan admin yang mengatur tantangan."),
    "contests.other_scope": N_("Tantangan ini untuk wilayah lain. Pilih cabang atau wilayah Anda."),
    "contests.begun": N_("Tantangan diumumkan sebelum dimulai. Pilih hari pertama paling cepat besok."),
    "contests.ends_early": N_("Hari terakhir tidak boleh sebelum hari pertama."),
    "contests.too_long": N_("Satu tantangan paling lama %(days)s hari."),
    "contests.metric": N_("Pilih yang dihitung dari daftar."),
    "contests.of": N_("Pilih yang dihitung dari daftar."),
    "contests.goal": N_("Isi tujuan dengan angka 1 sampai %(most)s."),
    "contests.mode": N_("Pilih sendiri atau tim."),
    "contests.badge": N_("Lencana ini tidak untuk tantangan. Pilih dari daftar."),
    "contests.code": N_("Kode hanya huruf kecil, angka, dan tanda hubung, 2 sampai 24 huruf."),
    "contests.code_taken": N_("Kode ini sudah dipakai tantangan lain. Pilih kode lain."),
    "contests.name_missing": N_("Isi nama tantangan, paling sedikit tiga huruf."),
    "contests.text_missing": N_("Isi penjelasannya, paling sedikit tiga huruf."),
    "contests.reason_missing": N_("Tulis alasannya, paling sedikit tiga huruf."),
    "contests.changed": N_("Tantangan ini baru saja diubah orang lain. Muat ulang, lalu ulangi."),
    "contests.over": N_("Tantangan ini sudah selesai atau dibatalkan."),
}

LABELS = {
    "challenge_counts.activities": N_("laporan disetujui"),
    "challenge_counts.villages": N_("kelurahan didatangi"),
    "challenge_counts.signups": N_("peserta baru"),
    "challenge_counts.retention:3": N_("peserta sudah membayar 3 bulan"),
    "challenge_counts.retention:6": N_("peserta sudah membayar 6 bulan"),
    "challenge_counts.retention:12": N_("peserta sudah membayar 12 bulan"),
    "challenge_counts.activities:mass_meeting": N_("sosialisasi massal"),
    "challenge_counts.activities:market_visit": N_("kunjungan pasar"),
    "challenge_counts.activities:community_meeting": N_("pertemuan warga"),
    "challenge_counts.activities:religious_meeting": N_("pengajian atau ibadah"),
    "challenge_counts.activities:base_visit": N_("kunjungan pangkalan"),
    "challenge_counts.activities:farmer_group": N_("kunjungan kelompok tani"),
    "challenge_counts.activities:stand": N_("gerai atau bazar"),
    "challenge_counts.activities:door_to_door": N_("ketuk pintu"),
    "challenge_counts.activities:radio": N_("siaran radio"),
    "challenge_counts.activities:renewal_visit": N_("kunjungan pengingat iuran"),
    "challenge_mode.alone": N_("Sendiri"),
    "challenge_mode.teams": N_("Tim"),
    "challenge_phase.announced": N_("akan datang"),
    "challenge_phase.running": N_("berjalan"),
    "challenge_phase.counting": N_("menunggu keputusan"),
    "challenge_phase.over": N_("selesai"),
    "challenge_phase.cancelled": N_("dibatalkan"),
    "act.challenge.announced": N_("Mengumumkan tantangan"),
    "act.challenge.changed": N_("Mengubah tantangan"),
    "act.challenge.cancelled": N_("Membatalkan tantangan"),
    "act.challenge.founded": N_("Mendirikan tim tantangan"),
    "act.challenge.joined": N_("Masuk tim tantangan"),
    "act.challenge.left": N_("Keluar dari tim tantangan"),
    "act.challenge.settled": N_("Mencatat hasil tantangan"),
    "act.league.joined": N_("Ikut liga"),
    "act.league.left": N_("Tidak ikut liga lagi"),
    "act.league.opened": N_("Membuka musim liga"),
    "act.league.settled": N_("Mencatat siapa naik liga"),
    "detail.goal": N_("tujuan"),
    "detail.badge": N_("lencana"),
    "detail.team": N_("tim"),
    "detail.took_part": N_("yang ikut"),
    "detail.reached": N_("yang mencapai"),
    "detail.members": N_("anggota"),
    "detail.months": N_("bulan"),
    "detail.risers": N_("yang naik"),
    "check.contests.results": N_("Hasil setiap tantangan sesuai kerja yang dihitung"),
    "check.contests.leagues": N_("Liga, kelompok, dan yang naik sesuai bulan yang ditutup"),
    "finding.a challenge that was cancelled has results": N_(
        "tantangan yang tidak dicatat hasilnya punya hasil"
    ),
    "finding.a cadre's frozen number is not that of the work that counts": N_(
        "angka kader dalam tantangan bukan hitungan kerjanya"
    ),
    "finding.reached or not does not follow from the frozen number": N_(
        "tercapai atau tidak berbeda dari angkanya"
    ),
    "finding.a reached goal names no work, or work is named without one": N_(
        "tujuan yang tercapai tanpa bukti, atau bukti tanpa tujuan"
    ),
    "finding.the work that a result names is not what counts": N_(
        "bukti hasil tantangan bukan kerja yang dihitung"
    ),
    "finding.a cadre with work that counts has no result": N_(
        "kader dengan kerja yang dihitung tidak punya hasil"
    ),
    "finding.a team's frozen number of members is not that of its results": N_(
        "jumlah anggota tim berbeda dari hasil anggotanya"
    ),
    "finding.a team's frozen number is not that of its members": N_("angka tim bukan hitungan anggotanya"),
    "finding.a team's reached or not does not follow from its number": N_(
        "tercapai atau tidaknya tim berbeda dari angkanya"
    ),
    "finding.a team with members has no result": N_("tim yang punya anggota tidak punya hasil"),
    "finding.a challenge counts other cadres than its results": N_(
        "jumlah kader tantangan berbeda dari hasilnya"
    ),
    "finding.who reached a challenge has no badge": N_(
        "kader yang mencapai tantangan tidak punya lencananya"
    ),
    "finding.a season has no first month": N_("musim liga tanpa bulan pertama"),
    "finding.a cadre's mean in the league is not that of the closed months": N_(
        "rata-rata kader di liga bukan dari bulan yang ditutup"
    ),
    "finding.a season counts other members than it has": N_("jumlah anggota musim berbeda dari isinya"),
    "finding.a division is not the fifth of the mean": N_("liga kader bukan perlimaan rata-ratanya"),
    "finding.a group is not one of neighbours in the mean": N_("kelompok bukan tetangga dalam rata-rata"),
    "finding.points in the league are not those of the closed month": N_(
        "poin di liga berbeda dari bulan yang ditutup"
    ),
    "finding.a rank in a group is not that of its points": N_("peringkat kelompok berbeda dari poinnya"),
    "finding.who rose does not follow from the ranks": N_("yang naik liga tidak sesuai peringkatnya"),
    "finding.a month of the league counts other risers than it has": N_(
        "jumlah yang naik berbeda dari isinya"
    ),
    "finding.a month of a season has other members than the one before": N_(
        "anggota bulan liga berbeda dari bulan sebelumnya"
    ),
    "finding.a division is not that of the month before": N_("liga kader tidak sesuai bulan sebelumnya"),
}
