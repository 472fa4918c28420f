"""How easily a password is guessed: zxcvbn's estimate, with the words that Indonesians and cadres use."""

from collections.abc import Sequence
from typing import Final

from zxcvbn import zxcvbn

from portal.domain.errors import RuleBroken
from portal.domain.passwords import check_password

MIN_GUESSES: Final = 10**10  # zxcvbn's highest score begins here
MAX_ESTIMATED: Final = 32  # characters; the time of an estimate grows with the square of the length

# Words that zxcvbn's own lists lack or rank low.
_WORDS: Final = """
    passwd passw kata sandi katasandi rahasia katakunci kunci masuk login administrator superadmin root
    user username default selamat selamatdatang ilovyou sayangku cinta cintaku cintaaku akucintakamu
    akusayangkamu sayangkamu akusayang sayangmama sayangibu papamama mamaku ibuku ayahku bapakibu
    ibubapak keluarga keluargaku anakku anak istriku suamiku sahabat teman kangen rindu cantik ganteng
    manis imut indonesia indonesiaku indonesiaraya merdeka garuda pancasila merahputih bhinneka
    nusantara jakarta bandung surabaya palembang medan semarang makassar jayapura papua bali jawa
    sumatera sumatra kalimantan sulawesi yogyakarta jogja bekasi bogor depok tangerang ambon manado
    pontianak padang lampung sriwijaya wongkito musi ampera pempek bismillah bismilah
    bismillahirrahmanirrahim alhamdulillah alhamdulilah subhanallah astagfirullah astaghfirullah
    allahuakbar assalamualaikum assalamualaikumwrwb insyaallah insyaalloh masyaallah muhammad
    muhammadsaw allah islam muslim muslimah quran sholat shalat ramadhan ramadan lebaran yesus
    jesuschrist tuhan tuhanyesus kristus haleluya haleluyah amin bpjs bpjsketenagakerjaan bpjstk
    bpjskesehatan jamsostek ketenagakerjaan perisai kader kaderpenggerak portalkader portal agen
    agenperisai pembina cabang peserta iuran jaminan jkk jkm jht zxcv qwer zxczxc abc abcd abcde abcdef
    abcdefg abcdefgh abcdefghij abcabc aaa manchesterunited persib persija persebaya arema onepiece
    doraemon freefire mobilelegend mobilelegends facebook instagram whatsapp youtube android xiaomi oppo
    vivo iphone komputer trustno hellokitty januari februari maret mei juni juli agustus oktober
    desember senin selasa rabu kamis jumat sabtu minggu wednesday thursday saturday bintang bulan
    matahari mawar melati bunga kucing kelinci harimau singa gajah naga kupukupu pelangi sukses semangat
    berkah barokah bahagia gembira sehat jaya makmur sentosa uang rezeki dompet gaji budi agus siti dewi
    ratna wati sri rina rini yanti yanto joko bambang slamet eko dwi tri putra putri achmad nur fitri
    aisyah fatimah rizky rizki dian indah lestari wulan ayu
    """.split()  # noqa: SIM905 - a block of words is easier to read and to add to than a list of strings


def check_new_password(password: str, *, names: Sequence[str] = (), numbers: Sequence[str] = ()) -> None:
    """Raise RuleBroken for a password that breaks the rules of domain.passwords; "password.common" if easily guessed.

    `names` are the person's name and e-mail address, `numbers` phone numbers.
    """
    own = [*names, *numbers]
    check_password(password, names=names, numbers=numbers)
    if _guesses(password, own) < MIN_GUESSES:
        raise RuleBroken("password.common")


def _guesses(password: str, own: list[str]) -> float:
    """Estimate how many guesses the beginning of a password withstands."""
    found = zxcvbn(password[:MAX_ESTIMATED], user_inputs=[*own, *_WORDS])
    return float(found["guesses"])
