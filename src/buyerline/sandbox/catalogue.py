"""What the invented sellers sell, and how the marketplaces price and speak. Nothing here exists."""

from dataclasses import dataclass, field
from decimal import Decimal

from buyerline.amazon.marketplaces import Marketplace

CURRENCIES: dict[str, tuple[str, Decimal]] = {
    "US": ("USD", Decimal(1)),
    "CA": ("CAD", Decimal("1.35")),
    "MX": ("MXN", Decimal(18)),
    "BR": ("BRL", Decimal("5.2")),
    "UK": ("GBP", Decimal("0.85")),
    "SE": ("SEK", Decimal("10.5")),
    "PL": ("PLN", Decimal("4.1")),
    "ZA": ("ZAR", Decimal(18)),
    "EG": ("EGP", Decimal(48)),
    "TR": ("TRY", Decimal(36)),
    "SA": ("SAR", Decimal("3.75")),
    "AE": ("AED", Decimal("3.67")),
    "IN": ("INR", Decimal(84)),
    "SG": ("SGD", Decimal("1.35")),
    "AU": ("AUD", Decimal("1.5")),
    "JP": ("JPY", Decimal(150)),
}
"""Currency of each marketplace and what a dollar is about worth in it. Those not named use the euro."""

EURO = ("EUR", Decimal("0.95"))

LOCALES: dict[str, tuple[str, ...]] = {
    "US": ("en-US", "en-US", "en-US", "es-US"),
    "CA": ("en-CA", "en-CA", "fr-CA"),
    "BE": ("fr-BE", "nl-BE"),
    "DE": ("de-DE", "de-DE", "en-GB", "tr-TR"),
    "ES": ("es-ES", "es-ES", "pt-PT"),
    "AE": ("en-AE", "ar-AE"),
    "IN": ("en-IN", "hi-IN"),
    "JP": ("ja-JP", "ja-JP", "en-US"),
}
"""Languages that buyers of a marketplace prefer, beside the marketplace's own."""


def currency_of(marketplace: str) -> str:
    """The three-letter currency of a marketplace."""
    return CURRENCIES.get(marketplace, EURO)[0]


def price_in(marketplace: str, dollars: Decimal) -> Decimal:
    """A believable price: converted, and just under a whole number; yen have no decimals."""
    currency, worth = CURRENCIES.get(marketplace, EURO)
    whole = (dollars * worth).to_integral_value()
    return whole if currency == "JPY" else max(whole, Decimal(1)) - Decimal("0.01")


def locales_of(marketplace: str) -> tuple[str, ...]:
    """The languages that the marketplace's buyers may prefer."""
    return LOCALES.get(marketplace) or (Marketplace[marketplace].locale,)


@dataclass(frozen=True, slots=True)
class Product:
    """One thing on sale. ``titles`` are by language, English is always there."""

    sku: str
    dollars: Decimal
    titles: dict[str, str]
    traits: frozenset[str] = field(default_factory=frozenset)

    def title(self, marketplace: str) -> str:
        """The title in the marketplace's language, in English if there is none."""
        language = Marketplace[marketplace].locale[:2]
        return self.titles.get(language, self.titles["en"])


def _product(sku: str, dollars: str, traits: str = "", **titles: str) -> Product:
    return Product(sku, Decimal(dollars), titles, frozenset(traits.split()))


PRODUCTS = (
    _product(
        "KTL-17-STEEL",
        "39",
        "warranty",
        en="Alderbrook Gooseneck Kettle, 1.0 L, Brushed Steel",
        de="Alderbrook Schwanenhals-Wasserkocher, 1,0 l, Edelstahl",
        fr="Alderbrook bouilloire à col de cygne, 1 l, acier brossé",
        es="Alderbrook hervidor de cuello de cisne, 1 l, acero",
        it="Alderbrook bollitore a collo di cigno, 1 l, acciaio",
        pt="Alderbrook chaleira de bico fino, 1 L, aço escovado",
        ja="Alderbrook 細口ドリップケトル 1.0L ステンレス",
    ),
    _product(
        "LMP-DSK-OAK",
        "64",
        "warranty",
        en="Fennimore Desk Lamp with Oak Base, Dimmable",
        de="Fennimore Schreibtischlampe mit Eichenfuß, dimmbar",
        fr="Fennimore lampe de bureau, pied en chêne, variable",
        es="Fennimore lámpara de escritorio con base de roble",
        it="Fennimore lampada da scrivania con base in rovere",
        pt="Fennimore luminária de mesa com base de carvalho",
        ja="Fennimore デスクライト オーク材ベース 調光式",
    ),
    _product(
        "BLK-WL-150",
        "45",
        en="Harrow & Lake Wool Blanket, 150 x 200 cm, Slate",
        de="Harrow & Lake Wolldecke, 150 x 200 cm, schiefergrau",
        fr="Harrow & Lake couverture en laine, 150 x 200 cm, ardoise",
        es="Harrow & Lake manta de lana, 150 x 200 cm, pizarra",
        it="Harrow & Lake coperta di lana, 150 x 200 cm, ardesia",
        pt="Harrow & Lake manta de lã, 150 x 200 cm, ardósia",
        ja="Harrow & Lake ウールブランケット 150x200cm スレート",
    ),
    _product(
        "TRL-PMP-MINI",
        "22",
        "warranty",
        en="Cragside Mini Bicycle Pump with Gauge",
        de="Cragside Mini-Fahrradpumpe mit Manometer",
        fr="Cragside mini-pompe à vélo avec manomètre",
        es="Cragside mini bomba de bicicleta con manómetro",
        it="Cragside mini pompa per bici con manometro",
        pt="Cragside minibomba de bicicleta com manômetro",
        ja="Cragside 自転車用ミニポンプ ゲージ付き",
    ),
    _product(
        "NTB-A5-DOT",
        "14",
        en="Quillon Dotted Notebook A5, 192 Pages, Forest",
        de="Quillon Notizbuch A5, gepunktet, 192 Seiten, Waldgrün",
        fr="Quillon carnet A5 pointillé, 192 pages, vert forêt",
        es="Quillon cuaderno A5 de puntos, 192 páginas, verde",
        it="Quillon taccuino A5 puntinato, 192 pagine, verde",
        pt="Quillon caderno A5 pontilhado, 192 páginas, verde",
        ja="Quillon ドット方眼ノート A5 192ページ グリーン",
    ),
    _product(
        "MUG-ENGR-350",
        "19",
        "customized",
        en="Engraved Stoneware Mug, 350 ml, with Your Name",
        de="Gravierte Steinzeugtasse, 350 ml, mit Namen",
        fr="Tasse en grès gravée, 350 ml, avec prénom",
        es="Taza de gres grabada, 350 ml, con su nombre",
        it="Tazza in gres incisa, 350 ml, con nome",
        pt="Caneca de cerâmica gravada, 350 ml, com nome",
        ja="名入れストーンウェアマグ 350ml",
    ),
    _product(
        "SGN-DOOR-SLT",
        "52",
        "customized",
        en="Slate House Sign with Number and Family Name",
        de="Hausschild aus Schiefer mit Nummer und Familienname",
        fr="Plaque de maison en ardoise, numéro et nom",
        es="Placa de pizarra para casa con número y apellido",
        it="Targa in ardesia con numero civico e cognome",
        pt="Placa de ardósia para casa com número e sobrenome",
        ja="スレート表札 番地・名字入り",
    ),
    _product(
        "SFT-PHOTO-1Y",
        "59",
        "digital",
        en="Lumenary Photo Editor, 1-Year Licence, Download",
        de="Lumenary Fotobearbeitung, Jahreslizenz, Download",
        fr="Lumenary retouche photo, licence 1 an, à télécharger",
        es="Lumenary editor de fotos, licencia de 1 año, descarga",
        it="Lumenary fotoritocco, licenza annuale, download",
        pt="Lumenary editor de fotos, licença de 1 ano, download",
        ja="Lumenary 写真編集ソフト 1年版 ダウンロード",
    ),
    _product(
        "SRV-TAP-FIT",
        "89",
        "service",
        en="Kitchen Tap Installation by a Local Plumber",
        de="Montage einer Küchenarmatur durch den Installateur",
        fr="Pose d'un robinet de cuisine par un plombier",
        es="Instalación de grifo de cocina por un fontanero",
        it="Installazione rubinetto cucina con idraulico",
        pt="Instalação de torneira de cozinha por encanador",
        ja="キッチン水栓 取付サービス",
    ),
    _product(
        "TBL-OAK-180",
        "420",
        "scheduled warranty",
        en="Marlowe Dining Table, Solid Oak, 180 cm",
        de="Marlowe Esstisch, Eiche massiv, 180 cm",
        fr="Marlowe table à manger, chêne massif, 180 cm",
        es="Marlowe mesa de comedor, roble macizo, 180 cm",
        it="Marlowe tavolo da pranzo, rovere massello, 180 cm",
        pt="Marlowe mesa de jantar, carvalho maciço, 180 cm",
        ja="Marlowe ダイニングテーブル オーク無垢 180cm",
    ),
    _product(
        "MTR-MIR-LH",
        "75",
        "motors",
        en="Door Mirror Glass, Heated, Left, for Estate Cars",
        de="Außenspiegelglas, beheizt, links, für Kombis",
        fr="Glace de rétroviseur chauffante, gauche, pour breaks",
        es="Cristal de retrovisor calefactado, izquierdo",
        it="Vetro specchietto riscaldato, sinistro",
        pt="Vidro de retrovisor aquecido, esquerdo",
        ja="ドアミラーガラス ヒーター付き 左",
    ),
    _product(
        "HPH-STD-ALU",
        "28",
        "warranty",
        en="Aluminium Headphone Stand with Cable Holder",
        de="Kopfhörerständer aus Aluminium mit Kabelhalter",
        fr="Support de casque en aluminium avec range-câble",
        es="Soporte de aluminio para auriculares",
        it="Supporto per cuffie in alluminio",
        pt="Suporte de alumínio para fones de ouvido",
        ja="アルミ製ヘッドホンスタンド ケーブルホルダー付き",
    ),
)

PLAIN = tuple(p for p in PRODUCTS if not p.traits & {"customized", "digital", "service", "scheduled", "motors"})


def product_for(trait: str) -> Product:
    """The first product with this trait."""
    return next(product for product in PRODUCTS if trait in product.traits)
