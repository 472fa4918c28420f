"""Words of the checks."""

from portal.wording.marker import N_

LABELS = {
    "check.ledger.entries": N_("Buku poin: koreksi sama besar dengan asalnya"),
    "check.ledger.sources": N_("Buku poin: setiap poin punya alasannya"),
    "check.standings.live": N_("Peringkat berjalan sama dengan buku poin"),
    "check.standings.counts": N_("Jumlah kader per poin sama dengan hitungan ulang"),
    "check.standings.frozen": N_("Peringkat bulan yang ditutup sama dengan hitungan ulang"),
    "check.months.chain": N_("Bulan ditutup berurutan, sidiknya bersambung"),
    "check.months.digests": N_("Sidik setiap bulan sama dengan isinya"),
    "check.months.late_money": N_("Uang setiap bulan sama dengan hitungan sekarang"),
    "check.statements.sums": N_("Rincian insentif berjumlah benar"),
    "check.statements.balances": N_("Pajak dan saldo berjalan benar"),
    "check.payouts.batches": N_("Daftar pencairan cocok dan diputuskan dua orang"),
    "check.payouts.payments": N_("Tidak ada yang dibayar dua kali"),
    "check.payouts.accounts": N_("Setiap pembayaran ke rekening kader yang sudah diperiksa"),
    "check.payouts.files": N_("Berkas bank sama dengan yang disetujui"),
    "check.payouts.events": N_("Setiap langkah pencairan ada di jejak audit"),
    "check.signups.claims": N_("Tidak ada peserta yang dihitung dua kali"),
    "check.signups.decisions": N_("Tidak ada yang memutuskan laporannya sendiri"),
    "check.contributions.numbers": N_("Bulan iuran bernomor benar"),
    "check.audit.events": N_("Setiap catatan jejak audit masih seperti saat ditulis"),
    "check.audit.links": N_("Tidak ada catatan jejak audit yang hilang atau bertukar urutan"),
    "check.audit.heads": N_("Sidik jejak audit cocok, setiap bulan yang ditutup punya satu"),
}
