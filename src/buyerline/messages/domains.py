"""What is known of domain names: endings, file extensions that look like them, shorteners, social networks."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PLAIN_ENDINGS = _words("com org net edu gov biz uk de fr nl pl jp cn ru kr ch cz dk fi hu gr tr ua ro sk tw hk nz")
"""Endings that hardly ever are a word: ``example.de`` in a sentence is a domain name."""

OFTEN_WORDS = _words(
    "ae ag ai app ar art at au be bg biz blog br by ca cc cl club cloud co dev ee eg es eu fm gg gl group hr "
    "id ie il im in info io is it kz la li life link live lt lu lv ly me media mx my name nu no one online "
    "page pe ph pm pro pt sa se sg sh shop si site so store stream su support team tech tel th tips to today "
    "top travel tv us vip vn website wiki work world ws xyz za zone"
)
"""Endings that are words too, or the start of a sentence whose space was forgotten (``broken.it``)."""

TOP_LEVEL = PLAIN_ENDINGS | OFTEN_WORDS

SECOND_LEVEL = _words("ac co com edu gov net org")
"""What stands before a country's ending: ``co.uk``, ``com.br``."""

FILE_EXTENSIONS = _words(
    "avi bmp csv doc docx exe gif heic htm html jpeg jpg json md mov mp3 mp4 odt pdf php png ppt pptx rar rtf "
    "svg tiff txt wav webp xls xlsx xml zip"
)

SHORTENERS = _words(
    "a.co adf.ly amzn.eu amzn.to bit.ly bitly.com bl.ink buff.ly clck.ru cutt.ly dlvr.it goo.gl is.gd kutt.it "
    "lnkd.in ow.ly qr.ae rb.gy rebrand.ly s.id shorturl.at soo.gd t.co t.ly tiny.cc tinyurl.com u.nu urlz.fr "
    "v.gd x.co"
)
"""Services that hide where a link leads. Amazon's Communication Guidelines forbid shortened links."""

SOCIAL_NETWORKS = _words(
    "discord.com discord.gg facebook.com fb.com fb.me instagram.com line.me linkedin.com m.me messenger.com "
    "pinterest.com reddit.com snapchat.com t.me telegram.me threads.net tiktok.com tumblr.com twitter.com "
    "vk.com wa.me wechat.com weibo.com whatsapp.com x.com"
)
"""Amazon's Communication Guidelines forbid links to social media."""


def belongs(host: str, domains: frozenset[str]) -> bool:
    """Whether `host` is one of `domains` or below one of them."""
    labels = host.split(".")
    return any(".".join(labels[start:]) in domains for start in range(len(labels)))
