"""Invented names for invented people, shops and brands. Nobody real is meant."""

from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲建文辉力国志海燕小晓梅春雪梦云龙飞鹏程"
SHOP_WORDS = [
    "利民",
    "惠客",
    "鸿运",
    "鑫源",
    "福满",
    "顺发",
    "好又来",
    "万家",
    "金桥",
    "平安",
    "兴隆",
    "家家乐",
    "四季",
    "长青",
    "新天地",
    "望江",
    "城东",
    "河西",
    "锦绣",
    "吉祥",
]
SHOP_KINDS = {"B": "便利店", "C": "超市", "S": "商场", "Y": "烟酒商店", "F": "酒楼", "Q": "商行"}
BRAND_NAMES = [
    "云岭",
    "江畔",
    "黄鹤",
    "玉溪湾",
    "长白",
    "金桥",
    "白沙洲",
    "红梅",
    "双喜堂",
    "芙蓉里",
    "南岭",
    "泰岳",
    "利群坊",
    "七匹马",
    "钻石湖",
    "娇子园",
    "兰山",
    "真龙潭",
    "贵烟楼",
    "大前坊",
    "天下山",
    "牡丹亭",
]
LINES = ["软", "硬", "细支", "中支", "尊享", "经典", "金", "红", "蓝", "典藏"]


def person_name(draw: Random) -> str:
    """Return a surname with one or two given characters."""
    return draw.choice(SURNAMES) + "".join(draw.choice(GIVEN) for _ in range(draw.choice((1, 2, 2))))


def shop_name(draw: Random, segment: str) -> str:
    """Return the name of a shop of a business format."""
    return draw.choice(SHOP_WORDS) + draw.choice(("", "", draw.choice(SURNAMES) + "记")) + SHOP_KINDS[segment]
