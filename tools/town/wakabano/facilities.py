"""Public facilities and designated emergency evacuation sites, in the national open-data columns."""

from collections import defaultdict

import numpy as np
from shapely import Point

from . import declare as d
from . import formats
from .places import lonlat, stream

# class: symbol code, English, how many, label rank, department
CLASSES = {
    "市役所": ("city-hall", "City hall", 1, 1, "総務課"), "支所": ("branch-office", "Branch office", 3, 2, "市民課"), "公民館": ("community-hall", "Community hall", 6, 2, "社会教育課"),
    "図書館": ("library", "Library", 2, 1, "社会教育課"), "小学校": ("school-primary", "Primary school", 5, 1, "学校教育課"), "中学校": ("school-junior", "Junior high school", 3, 1, "学校教育課"), "高校": ("school-high", "High school", 1, 1, "県教育委員会"),
    "保育所": ("nursery", "Nursery", 9, 3, "こども課"), "こども園": ("nursery", "Children's centre", 4, 3, "こども課"), "子育て支援": ("nursery", "Parenting support centre", 2, 3, "こども課"),
    "消防署": ("fire-station", "Fire station", 1, 1, "消防本部"), "分署": ("fire-station", "Fire substation", 1, 2, "消防本部"), "消防団詰所": ("fire-brigade", "Volunteer fire brigade", 8, 3, "消防本部"),
    "警察署": ("police", "Police station", 1, 1, "県警察"), "交番": ("koban", "Police box", 4, 2, "県警察"), "郵便局": ("post", "Post office", 6, 2, "日本郵便"), "病院": ("hospital", "Hospital", 2, 1, "健康課"),
    "保健センター": ("health", "Health centre", 1, 2, "健康課"), "福祉会館": ("welfare", "Welfare hall", 2, 2, "福祉課"), "体育館・運動場": ("gymnasium", "Gymnasium or sports ground", 4, 2, "社会教育課"), "公園管理棟": ("health", "Park office", 5, 3, "都市計画課"),
    "公衆トイレ": ("toilet", "Public toilet", 9, 3, "環境政策課"), "駐車場": ("parking", "Car park", 3, 3, "管財課"), "清掃センター": ("treatment-plant", "Waste centre", 1, 2, "環境政策課"), "浄化センター": ("treatment-plant", "Sewage treatment centre", 1, 2, "下水道課"),
    "集会所": ("community-hall", "Meeting house", 11, 3, "市民協働課"),
}
READINGS = {"若葉野": "ワカバノ", "緑が丘": "ミドリガオカ", "中央": "チュウオウ", "本町": "ホンチョウ", "南台": "ミナミダイ", "若葉": "ワカバ", "東": "ヒガシ", "南": "ミナミ", "駅前": "エキマエ", "桜台": "サクラダイ", "若葉台": "ワカバダイ", "根古屋": "ネゴヤ", "大門": "ダイモン", "川尻": "カワジリ", "上之郷": "カミノゴウ",
            "堀之内": "ホリノウチ", "谷津": "ヤツ", "宮下": "ミヤシタ", "西谷": "ニシヤツ", "若葉新田": "ワカバシンデン", "高畑": "タカハタ", "台畑": "ダイバタ", "萱場": "カヤバ", "長峰": "ナガミネ", "内野": "ウチノ"}
KANA = {"市役所": "シヤクショ", "支所": "シショ", "公民館": "コウミンカン", "図書館": "トショカン", "小学校": "ショウガッコウ", "中学校": "チュウガッコウ", "高等学校": "コウトウガッコウ", "保育所": "ホイクショ", "こども園": "コドモエン", "子育て支援センター": "コソダテシエンセンター", "消防署": "ショウボウショ",
        "分署": "ブンショ", "消防団詰所": "ショウボウダンツメショ", "警察署": "ケイサツショ", "交番": "コウバン", "郵便局": "ユウビンキョク", "病院": "ビョウイン", "市立病院": "シリツビョウイン", "市立図書館": "シリツトショカン", "保健センター": "ホケンセンター", "福祉会館": "フクシカイカン", "市民体育館": "シミンタイイクカン", "体育館": "タイイクカン", "総合運動公園": "ソウゴウウンドウコウエン",
        "公園管理棟": "コウエンカンリトウ", "公衆トイレ": "コウシュウトイレ", "駐車場": "チュウシャジョウ", "清掃センター": "セイソウセンター", "浄化センター": "ジョウカセンター", "集会所": "シュウカイジョ", "分館": "ブンカン", "石": "イシ"}


def reading(name):
    out, rest = "", name
    table = sorted({**READINGS, **KANA}.items(), key=lambda kv: -len(kv[0]))
    while rest:
        for text, kana in table:
            if rest.startswith(text):
                out, rest = out + kana, rest[len(text):]
                break
        else:
            rest = rest[1:]
    return out


def english(name, kind):
    titles = {"市役所": "City Hall", "支所": "Branch Office", "公民館": "Community Hall", "図書館": "Library", "小学校": "Elementary School", "中学校": "Junior High School", "高校": "High School", "消防署": "Fire Station", "分署": "Fire Substation", "警察署": "Police Station", "交番": "Police Box", "郵便局": "Post Office", "病院": "Hospital",
              "保健センター": "Health Center", "福祉会館": "Welfare Hall", "体育館・運動場": "Gymnasium" if "体育館" in name else "Sports Ground", "清掃センター": "Waste Center", "浄化センター": "Sewage Treatment Center"}
    kana = {"若葉野": "Wakabano", "緑が丘": "Midorigaoka", "中央": "Chuo", "本町": "Honcho", "南台": "Minamidai", "若葉台": "Wakabadai", "若葉新田": "Wakaba-shinden", "若葉": "Wakaba", "駅前": "Ekimae", "桜台": "Sakuradai", "根古屋": "Negoya", "大門": "Daimon", "川尻": "Kawajiri", "上之郷": "Kaminogo", "堀之内": "Horinouchi", "谷津": "Yatsu", "宮下": "Miyashita", "西谷": "Nishiyatsu", "高畑": "Takahata", "台畑": "Daibata", "萱場": "Kayaba", "長峰": "Nagamine", "内野": "Uchino", "東": "Higashi", "南": "Minami"}
    place = next((v for k, v in sorted(kana.items(), key=lambda kv: -len(kv[0])) if name.startswith(k)), "Wakabano")
    east = " East" if "緑が丘東" in name else ""
    return f"{place}{east} {titles.get(kind, 'Facility')}"


def free_lot(town, rng, near, used, reach=900, least=120):
    """A lot for a small facility near a point: empty ground first, then a house's, whose house serves it."""
    best = None
    for lot in town.lots.lots:
        if lot.use not in ("empty", "house", "parking", "shop") or id(lot) in used or lot.polygon.area < least:
            continue
        gap = lot.polygon.distance(Point(near))
        if gap > reach:
            continue
        score = gap + {"empty": 0, "parking": 60, "house": 40, "shop": 50}[lot.use]
        if best is None or score < best[0]:
            best = (score, lot)
    if best is None:
        return None
    used.add(id(best[1]))
    return best[1]


def assemble(town):
    """(class, name, plan point) for all 96 facilities."""
    rng = stream("facility places")
    items, used = [], set()
    halls = {}
    for b in town.buildings.items:
        if b.lot.site is not None and b.name == b.lot.site.name:
            halls.setdefault(b.name, np.asarray(b.polygon.representative_point().coords[0]))
    kinds = {"小学校": "小学校", "中学校": "中学校", "高校": "高校", "市役所": "市役所", "病院": "病院", "図書館": "図書館", "警察署": "警察署", "消防署": "消防署", "体育館": "体育館・運動場", "運動場": "体育館・運動場", "清掃センター": "清掃センター", "浄化センター": "浄化センター"}
    for site in town.sites:
        if site.kind in kinds:
            items.append((kinds[site.kind], site.name, halls.get(site.name, np.asarray(site.polygon.representative_point().coords[0]))))
    have = defaultdict(int)
    for kind, _, _ in items:
        have[kind] += 1
    centres = {x.name: np.array(x.point, float) for x in town.districts.items}
    bases = {"支所": ["東二丁目", "南台三丁目", "緑が丘四丁目"], "公民館": ["本町二丁目", "緑が丘三丁目", "中央一丁目", "南台二丁目", "大門", "堀之内"], "図書館": ["緑が丘二丁目"], "保育所": ["本町一丁目", "緑が丘一丁目", "緑が丘四丁目", "中央二丁目", "東一丁目", "南台一丁目", "南台四丁目", "根古屋", "川尻"],
             "こども園": ["緑が丘五丁目", "中央三丁目", "南台三丁目", "上之郷"], "子育て支援": ["駅前二丁目", "緑が丘二丁目"], "分署": ["南台一丁目"], "消防団詰所": ["本町三丁目", "根古屋", "大門", "川尻", "上之郷", "堀之内", "内野", "高畑"], "交番": ["駅前二丁目", "緑が丘三丁目", "南台二丁目", "中央四丁目"],
             "郵便局": ["駅前一丁目", "緑が丘一丁目", "中央二丁目", "南台三丁目", "大門", "上之郷"], "保健センター": ["本町三丁目"], "福祉会館": ["本町一丁目", "南台四丁目"], "体育館・運動場": ["緑が丘四丁目"], "駐車場": ["駅前二丁目", "駅前一丁目", "本町三丁目"],
             "集会所": ["緑が丘一丁目", "緑が丘二丁目", "緑が丘五丁目", "東一丁目", "東二丁目", "南台一丁目", "根古屋", "川尻", "堀之内", "内野", "中央四丁目"]}
    suffix = {"支所": "支所", "公民館": "公民館", "図書館": "図書館", "保育所": "保育所", "こども園": "こども園", "子育て支援": "子育て支援センター", "分署": "分署", "消防団詰所": "消防団詰所", "交番": "交番", "郵便局": "郵便局", "保健センター": "保健センター", "福祉会館": "福祉会館", "体育館・運動場": "体育館", "駐車場": "駐車場", "集会所": "集会所"}
    for kind, names in bases.items():
        for name in names[: CLASSES[kind][2] - have[kind]]:
            lot = free_lot(town, rng, centres[name] + rng.uniform(-60, 60, 2), used)
            own = [b for b in town.buildings.items if b.lot is lot]
            place = max(own, key=lambda b: b.polygon.area).polygon.representative_point() if own else lot.polygon.representative_point()
            base = name.replace("丁目", "")
            base = base if kind in ("保育所", "集会所", "消防団詰所") or sum(n.startswith(base[:2]) for n in names) > 1 and base[-1] in "一二三四五" else base.rstrip("一二三四五")
            label = base.rstrip("一二三四五") if kind in ("支所", "公民館", "図書館", "分署", "福祉会館") else base
            title = f"{label}{suffix[kind]}" if kind != "保健センター" else "若葉野市保健センター"
            for b in own:
                if b.polygon.area > 25 and b.name is None:
                    b.name, b.use = title, "422"
            items.append((kind, title, np.asarray(place.coords[0])))
    parks = sorted(town.parks, key=lambda p: -p[2])
    for kind, suffix_text, count, start in (("公園管理棟", "管理棟", 5, 0), ("公衆トイレ", "公衆トイレ", 8, 2)):
        for name, shape, _ in parks[start: start + count]:
            inner = shape.buffer(-6)
            spot = np.asarray((inner if not inner.is_empty else shape).representative_point().coords[0]) + (rng.uniform(-4, 4), 5 if kind == "公衆トイレ" else 0)
            items.append((kind, f"{name}{suffix_text}", spot))
    items.append(("公衆トイレ", "駅前広場公衆トイレ", np.array([3139.0, 3036.0])))
    return items


def write_facilities(town, folder):
    rng = stream("facility ledger")
    items = assemble(town)
    counts = defaultdict(int)
    for kind, _, _ in items:
        counts[kind] += 1
    order = list(CLASSES)
    items.sort(key=lambda item: order.index(item[0]))
    header = ["全国地方公共団体コード", "ID", "地方公共団体名", "名称", "名称_カナ", "名称_英字", "名称_通称", "POIコード", "所在地_連結標記", "所在地_都道府県", "所在地_市区町村", "所在地_町字", "所在地_番地以下", "建物名等(方書)", "緯度", "経度", "電話番号", "内線番号", "法人番号", "団体名", "利用可能曜日", "開始時間", "終了時間",
              "利用可能日時特記事項", "説明", "バリアフリー情報", "URL", "画像", "画像_ライセンス", "備考", "町字ID", "分類", "階級", "所管課", "AED有無"]
    rows = []
    town.facilities = []
    opened = {"市役所": ("月火水木金", "8:30", "17:15"), "図書館": ("火水木金土日", "9:00", "19:00"), "公民館": ("火水木金土日", "9:00", "21:00"), "公衆トイレ": ("月火水木金土日", "0:00", "24:00"), "保育所": ("月火水木金土", "7:00", "19:00")}
    for n, (kind, name, at) in enumerate(items, 1):
        symbol, _, _, rank, department = CLASSES[kind]
        district = town.district_at(at)
        lon, lat = lonlat(at)
        number = f"{int(rng.integers(1, 40))}番{int(rng.integers(1, 20))}号" if district.chome and district.quarter in "ABC" else f"{int(rng.integers(1, 900))}番地{int(rng.integers(1, 9))}"
        days, start, stop = opened.get(kind, ("月火水木金", "9:00", "17:00"))
        common_name = {"若葉野市役所": "市役所", "若葉野市立病院": "市民病院", "若葉野総合運動公園": "運動公園"}.get(name)
        rows.append(["129992", f"1299920{n:03d}", "若葉野市", name, reading(name), english(name, kind) if rank <= 2 else None, common_name, None, f"千葉県若葉野市{district.name}{number}", "千葉県", "若葉野市", district.name, number, None, f"{lat:.8f}", f"{lon:.8f}", f"0470-00-{int(rng.integers(0, 10000)):04d}", None, None, "若葉野市" if rank else None,
                     days, start, stop, None, None, "車いす使用者用トイレ" if rng.random() < 0.5 else None, None, None, None, None, district.code, kind, rank, department, "1" if rng.random() < 0.5 else None])
        town.facilities.append((kind, name, at, rows[-1]))
    aed = [i for i in range(len(rows)) if rows[i][-1]]
    for i, mark in zip(aed[:6], ("○", "有", "TRUE", "○", "有", "TRUE")):
        rows[i][-1] = mark
    rows[24][22] = "25:00"
    for i in (57, 71):
        rows[i][19] = "\ue05a" + "工務店管理"
    stones = [i for i in range(len(rows)) if CLASSES[rows[i][31]][3] == 3][:60:20]
    for i in stones:
        rows[i][24] = "⽯造りの門柱が目印"
    formats.write_csv(folder / "public_facilities.csv", header, rows, "utf-8")
    kinds = d.meanings({k: f"{k}|{v[1]}" for k, v in CLASSES.items()})
    t = d.text
    d.declare(
        folder, "公共施設", "Public facilities", "基本", "情報推進課", "point", {"files": ["public_facilities.csv"], "encoding": "UTF-8", "crs": "EPSG:6668", "columns": {"longitude": "経度", "latitude": "緯度"}}, "ID", "名称",
        [t("全国地方公共団体コード", "Municipality code"), t("ID", "ID", pattern="[0-9]{10}"), t("地方公共団体名", "Municipality name"), t("名称", "Name"), t("名称_カナ", "Reading"), t("名称_英字", "Name in English"), t("名称_通称", "Common name"), t("POIコード", "POI code"),
         d.text("所在地_連結表記", "Address in one line", source=["所在地_連結表記", "所在地_連結標記"]), *d.address()[1:], t("電話番号", "Telephone"), t("内線番号", "Extension"), t("法人番号", "Corporate number"), t("団体名", "Operator"), t("利用可能曜日", "Open on"), t("開始時間", "Opens at"), t("終了時間", "Closes at"),
         t("利用可能日時特記事項", "Notes on opening"), t("説明", "Description"), t("バリアフリー情報", "Accessibility"), d.field("URL", "url", "Web address"), t("画像", "Picture"), t("画像_ライセンス", "Licence of the picture"), t("備考", "Remarks"), t("町字ID", "District code"), t("分類", "Class", codes=kinds),
         d.integer("階級", "Label rank"), t("所管課", "Department"), d.boolean("AED有無", "Defibrillator")],
        relates={"町字ID": "districts"},
    )


HAZARDS = ["洪水", "崖崩れ、土石流及び地滑り", "高潮", "地震", "津波", "大規模な火事", "内水氾濫", "火山現象"]


def write_emergency_sites(town, folder):
    rng = stream("emergency sites")
    chosen = [(kind, name, at, row) for kind, name, at, row in town.facilities if kind in ("小学校", "中学校")]
    parks = sorted(town.parks, key=lambda p: -p[2])
    grounds = [p for p in parks if "運動" in p[0]][:2]
    greens = [p for p in parks if "運動" not in p[0] and "河川敷" not in p[0]][:9]
    halls = [f for f in town.facilities if f[0] == "公民館"][:5]
    sites = [(name, at, row[8], row[16], 1) for _, name, at, row in chosen]
    # Beside the building's own symbol, on the school ground.
    sites = [(name, np.asarray(at) + (0, -18), address, phone, 1) for name, at, address, phone, _ in sites]
    sites += [(name, np.asarray(shape.representative_point().coords[0]), None, None, 0) for name, shape, _ in greens]
    sites += [(name, np.asarray(at), row[8], row[16], 1) for _, name, at, row in halls]
    sites += [(name, np.asarray(shape.representative_point().coords[0]), None, None, 0) for name, shape, _ in grounds]
    features = []
    for n, (name, at, address, phone, double) in enumerate(sites, 1):
        district = town.district_at(at)
        lon, lat = lonlat(at)
        point = Point(at)
        low = town.ground.floor.distance(point) < 15
        under = town.ground.slope.distance(point) < 25
        marks = {"洪水": not low, "崖崩れ、土石流及び地滑り": not under, "地震": True, "大規模な火事": "公園" in name or "運動" in name or "校" in name, "内水氾濫": not low}
        number = f"{int(rng.integers(1, 800))}番地"
        properties = {"全国地方公共団体コード": "129992", "ID": f"E1299900{n:06d}"[:14], "地方公共団体名": "若葉野市", "名称": name, "名称_カナ": reading(name), "名称_英字": None, "名称_通称": None, "POIコード": None, "所在地_連結表記": address or f"千葉県若葉野市{district.name}{number}", "所在地_都道府県": "千葉県", "所在地_市区町村": "若葉野市", "所在地_町字": district.name,
                      "所在地_番地以下": number, "建物名等(方書)": None, "緯度": float(lat), "経度": float(lon), "電話番号": phone, "標高": round(float(town.ground.height(at)[0]), 1)}
        for hazard in HAZARDS:
            properties[f"災害種別_{hazard}"] = "1" if marks.get(hazard) else None
        near = sorted(town.associations, key=lambda a: a[2].distance(point))[:3]
        properties.update({"指定避難所との重複": "1" if double else None, "想定収容人数": int(rng.integers(8, 60)) * (50 if "校" in name else 20), "対象となる町会・自治会": "、".join(a[1] for a in near), "URL": None, "備考": None, "町字ID": district.code})
        features.append((point, properties))
    formats.write_geojson(folder / "emergency_sites.geojson", "emergency_sites", features, lonlat)
    t = d.text
    d.declare(
        folder, "指定緊急避難場所", "Designated emergency evacuation sites", "危機管理", "危機管理室", "point", {"files": ["emergency_sites.geojson"], "crs": "EPSG:6668"}, "ID", "名称",
        [t("全国地方公共団体コード", "Municipality code", source=["全国地方公共団体コード", "市区町村コード"]), t("ID", "ID", pattern="E[0-9]{13}", source=["ID", "NO", "共通ID"]), t("地方公共団体名", "Municipality name"), t("名称", "Name", source=["名称", "施設・場所名"]), t("名称_カナ", "Reading"), t("名称_英字", "Name in English"), t("名称_通称", "Common name"),
         t("POIコード", "POI code"), t("所在地_連結表記", "Address in one line", source=["所在地_連結表記", "住所"]), *d.address()[1:5], t("建物名等(方書)", "Building name", source=["建物名等(方書)", "方書"]), *d.address()[6:], t("電話番号", "Telephone"), d.real("標高", "Height", unit="m")]
        + [d.boolean(f"災害種別_{h}", f"For {e}", source=[f"災害種別_{h}", h]) for h, e in zip(HAZARDS, ["floods", "slope failures, debris flows and landslides", "storm surges", "earthquakes", "tsunami", "large fires", "inland floods", "volcanic events"])]
        + [d.boolean("指定避難所との重複", "Also an evacuation shelter", source=["指定避難所との重複", "指定避難所との住所同一"]), d.integer("想定収容人数", "Capacity", unit="人"), t("対象となる町会・自治会", "Associations"), d.field("URL", "url", "Web address"), t("備考", "Remarks"), t("町字ID", "District code")],
        relates={"町字ID": "districts"},
    )
