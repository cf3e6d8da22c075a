"""Declarations (layer.json): one call a field, so that the ledgers' schemas read like tables."""

from .formats import write_json

TOWN = "若葉野市"
UPDATED = "2026-04-01"


def codes(**meanings):
    """`codes(_1="使用中|in use")`: value to meaning in both languages; the underscore lets digits lead."""
    return {key.lstrip("_").replace("__", "-"): dict(zip(("ja", "en"), text.split("|"))) for key, text in meanings.items()}


def meanings(table):
    """The same from a mapping of value to `ja|en`."""
    return {str(key): dict(zip(("ja", "en"), text.split("|"))) for key, text in table.items()}


def field(name, kind, english, audience=None, **more):
    """`more`: unit, codes, source (the `from` names), pattern, pad."""
    out = {"name": name, "type": kind, "title": {"ja": name, "en": english}}
    if "source" in more:
        out["from"] = more.pop("source")
    out.update({key: value for key, value in more.items() if value is not None})
    if audience:
        out["audience"] = audience
    return out


def text(name, english, audience=None, **more):
    return field(name, "text", english, audience, **more)


def integer(name, english, audience=None, **more):
    return field(name, "integer", english, audience, **more)


def real(name, english, audience=None, **more):
    return field(name, "real", english, audience, **more)


def date(name, english, audience=None, **more):
    return field(name, "date", english, audience, **more)


def boolean(name, english, audience=None, **more):
    return field(name, "boolean", english, audience, **more)


STATES = codes(_1="使用中|in use", _2="休止|suspended", _3="廃止|closed", _4="計画|planned")


def common():
    """The columns that end every department's own ledger."""
    return [
        text("状態", "State", codes=STATES),
        text("備考", "Remarks", "staff"),
        text("写真", "Photographs", "staff"),
        date("更新日", "Updated on", "staff"),
        text("更新者", "Updated by", "restricted"),
    ]


def address():
    """The national open-data address columns."""
    return [
        text("所在地_連結表記", "Address in one line"), text("所在地_都道府県", "Prefecture"), text("所在地_市区町村", "Municipality"),
        text("所在地_町字", "Town or village section"), text("所在地_番地以下", "Lot number and below"), text("建物名等(方書)", "Building name"),
        real("緯度", "Latitude", unit="度"), real("経度", "Longitude", unit="度"),
    ]


def declare(folder, title, english, group, department, geometry, source, key, label, fields, **more):
    """`more`: audience, time, relates, public_where."""
    order = {
        "title": {"ja": title, "en": english}, "group": group, "department": department, "audience": more.pop("audience", "public"),
        "geometry": geometry, "source": source, "key": key, "label": label, "fields": fields,
    }
    for name in ("time", "relates", "public_where"):
        if more.get(name):
            order[name] = more[name]
    order.update({"licence": "CC0-1.0", "attribution": TOWN, "updated": UPDATED})
    write_json(folder / "layer.json", order)
