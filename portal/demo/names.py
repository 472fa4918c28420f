"""Names as they are heard in Palembang, on Java, in Makassar, in Jayapura and elsewhere."""

from dataclasses import dataclass
from random import Random
from typing import Final


@dataclass(frozen=True)
class Culture:
    """The names of one place's people: a front name that some have, given names, last names."""

    men: tuple[str, ...]
    women: tuple[str, ...]
    behind_men: tuple[str, ...]
    behind_women: tuple[str, ...]
    front_men: tuple[str, ...] = ()
    front_women: tuple[str, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_MELAYU_MEN: Final = _words(
    "Ahmad Herman Rusdi Zainal Hendra Faisal Iskandar Ridho Syamsul Taufik Yusuf Marwan Amiruddin Feri Deni "
    "Rahmat Ishak Umar Azhari Fikri Mahmud Saleh Nasrul Juanda Edison Alamsyah Romli Sobri Hasanuddin Erwin",
)
_MELAYU_WOMEN: Final = _words(
    "Rohani Aisyah Nurlaila Yuniarti Leni Rosmala Zubaidah Halimah Maryam Fatimah Yusmaini Rohaya Ernawati "
    "Marlina Nuraini Asmawati Hartini Komariah Rusmiati Sumarni Masnah Nadya Susilawati Linda Rina Evi Yulia",
)
CULTURES: Final[dict[str, Culture]] = {
    "palembang": Culture(
        men=_MELAYU_MEN,
        women=_MELAYU_WOMEN,
        behind_men=_words(
            "Saputra Sawiran Hamzah Effendi Kurniawan Wijaya Bastari Anwar Hidayat Akbar Fauzi"
        ),
        behind_women=_words(
            "Oktavia Susanti Dewi Agustina Hasan Fitriani Anggraini Puspita Sari Permata Lestari"
        ),
        front_men=_words("Kemas Raden Kiagus Masagus"),
        front_women=_words("Nyimas Masayu Nyayu"),
    ),
    "javanese": Culture(
        men=_words(
            "Bambang Joko Slamet Suryadi Agus Eko Wahyu Sutrisno Dwi Hari Sugeng Teguh Budi Suparman Mulyono"
        ),
        women=_words(
            "Sri Sulastri Siti Wahyuni Endang Tuti Dewi Ningsih Sumiati Retno Wati Yanti Rahayu Suminah"
        ),
        behind_men=_words(
            "Santoso Hadi Widodo Setiawan Prasetyo Nugroho Raharjo Utomo Purnomo Susilo Wibowo Haryanto"
        ),
        behind_women=_words(
            "Lestari Handayani Utami Rahayu Astuti Wulandari Setyowati Kusumawati Purwanti Widiastuti"
        ),
    ),
    "minang": Culture(
        men=_words("Syafril Zulkifli Armen Yuharman Rizal Irwan Afrizal Dasril Nofrizal Masril"),
        women=_words("Yeni Upik Gusmawati Desmawati Yulinar Elvi Nurhayati Erni Wirda Murniati"),
        behind_men=_words("Chaniago Piliang Koto Tanjung Sikumbang Caniago"),
        behind_women=_words("Chaniago Piliang Koto Tanjung Sikumbang Melayu"),
    ),
    "batak": Culture(
        men=_words("Parlin Tumpal Jonni Saut Binsar Hotman Ramli Manahan"),
        women=_words("Rotua Tiurma Lasma Duma Herlina Rosdiana Nurmala Santi"),
        behind_men=_words("Siregar Simanjuntak Nasution Harahap Sitorus Lubis Manurung"),
        behind_women=_words("Siregar Simanjuntak Nasution Harahap Sitorus Lubis Manurung"),
    ),
    "bugis": Culture(
        men=_words(
            "Baso Ambo Sangkala Syarifuddin Muhammad Ilham Arifin Jamaluddin Abdul Usman Rahman Makmur Hasbi"
        ),
        women=_words(
            "Besse Hasnah Nurhidayah Sitti Rosmini Hartati Marwah Suriani Nurbaya Rahmatia Darmawati Jumriah"
        ),
        behind_men=_words("Rauf Tahir Latif Mappasessu Kadir Gani Parawansa Nur Salam Mansyur"),
        behind_women=_words("Rauf Tahir Latif Mappiare Kadir Gani Syam Nur Salam Mansyur"),
        front_men=_words("Andi Daeng"),
        front_women=_words("Andi"),
    ),
    "papuan": Culture(
        men=_words(
            "Yohanes Markus Yulius Frans Septinus Melkias Otniel Agustinus Daud Elias Petrus Nataniel"
        ),
        women=_words(
            "Yohana Maria Dorkas Yosefina Selfina Agustina Fransina Martha Naomi Ester Paulina Orpa"
        ),
        behind_men=_words(
            "Wanggai Kogoya Ayorbaba Hamadi Ireeuw Suebu Wenda Yoku Mambrasar Rumbiak Felle Ohee"
        ),
        behind_women=_words(
            "Wanggai Kogoya Ayorbaba Hamadi Ireeuw Suebu Wenda Yoku Mambrasar Rumbiak Felle Ohee"
        ),
    ),
    "sundanese": Culture(
        men=_words("Asep Ujang Dadang Cecep Dede Endang Iwan Jajang Maman Yayan Tatang Deden"),
        women=_words("Neneng Euis Iis Cucu Lilis Imas Tita Yeti Nia Entin Kokom Dedeh"),
        behind_men=_words("Hidayat Sutisna Supriatna Kosasih Suherman Gunawan Permana Sobandi"),
        behind_women=_words("Nurhayati Komalasari Rohaeti Suryani Maryati Sumiati Herawati Kurniasih"),
    ),
    "balinese": Culture(
        men=_words("Wayan Made Nyoman Ketut Gede Putu Kadek Komang"),
        women=_words("Wayan Made Nyoman Ketut Luh Putu Kadek Komang"),
        behind_men=_words("Suarta Sudiana Astawa Arnawa Mertayasa Sukerta Wirawan Adnyana"),
        behind_women=_words("Suartini Sudiani Astiti Ariani Mertasari Sukerti Wirati Adnyani"),
        front_men=("I",),
        front_women=("Ni",),
    ),
}
OCCUPATIONS: Final = (
    "pedagang sayur",
    "pedagang ikan",
    "pedagang pakaian",
    "penjual pempek",
    "ojek pangkalan",
    "ojek daring",
    "petani karet",
    "petani padi",
    "nelayan sungai",
    "buruh harian",
    "asisten rumah tangga",
    "penjahit",
    "tukang bangunan",
    "tukang becak",
    "kuli angkut",
    "pengrajin songket",
    "pemilik warung",
    "montir",
)


def draw_culture(rng: Random, mix: tuple[tuple[str, int], ...]) -> str:
    """Draw where somebody's family comes from, by the weights of a branch."""
    return rng.choices([name for name, _ in mix], [weight for _, weight in mix])[0]


def draw_name(rng: Random, culture: str, *, woman: bool) -> str:
    """Draw a name: one in four has the front name of their people, if there is one."""
    pool = CULTURES[culture]
    given = rng.choice(pool.women if woman else pool.men)
    behind = rng.choice(pool.behind_women if woman else pool.behind_men)
    front = pool.front_women if woman else pool.front_men
    if front and (culture == "balinese" or rng.random() < 0.25):
        return f"{rng.choice(front)} {given} {behind}"
    if behind == given:
        return given
    return f"{given} {behind}"
