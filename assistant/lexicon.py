"""The words for findings in English and Chinese, and where they stand in a text.

Knows terms only; whether a sentence claims one of them of the photo is decided in claims.py.
Texts are normalised by `normalise` first: NFKC, lower case, no markdown.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal["lesion", "disease", "grade", "normal", "abnormal", "outside"]

# characters of Traditional Chinese that occur in the terms below
_TRADITIONAL = str.maketrans(
    "網變動脈狀點級輕無視聽見診斷圖張發現檢測長壓齡內綠區圍離異體術儀齊靜補緣劑顯種約滲綿黃膚數處個間過將應為與說話這該兩雙們對實驗證據單從來標質邊顏絨懷復潰瘍觀結論顳側並顆戶頭樣範謹醫師陳舊參額細較穩繼續類嗎",
    "网变动脉状点级轻无视听见诊断图张发现检测长压龄内绿区围离异体术仪齐静补缘剂显种约渗绵黄肤数处个间过将应为与说话这该两双们对实验证据单从来标质边颜绒怀复溃疡观结论颞侧并颗户头样范谨医师陈旧参额细较稳继续类吗",
)


_CODES = {
    "MA": "microaneurysms", "HE": "haemorrhages", "EX": "hard exudates", "SE": "soft exudates",
}  # fmt: skip


def normalise(text: str) -> str:
    """The form in which texts are searched."""
    text = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL)
    text = re.sub(r"(?<![A-Za-z])(?:MA|HE|EX|SE)(?![A-Za-z])", lambda m: _CODES[m.group()], text)
    text = re.sub(r"\?\s+(?=(?:no|none|yes)\b|没有|无|有)", ": ", text, flags=re.IGNORECASE)
    text = text.replace("\u2019", "'").replace("\u2011", "-").replace("\u00ad", "")
    text = re.sub(r"是否(?=[^,。;?]{1,10}: ?[是否有无])", "", text)
    return re.sub(r"\s+", " ", re.sub(r"[*_`#]+|<[^<>]{0,40}>", "", text)).strip().lower()


@dataclass(frozen=True, slots=True)
class Mention:
    """A term in a text; `codes` name what it may stand for: any of them fits."""

    kind: Kind
    codes: tuple[str, ...]
    start: int
    end: int


_HAEM = r"(?:ha?emorrhag(?:es?|ic|ing)|bleed(?:ing|s)?|ha?emorr?hages?)"
_DR = r"(?:diabetic (?:retinopathy|changes|retinal changes|eye disease|damage)|retinopathy|npdr|dr)"
_DR_HAN = r"(?:糖尿病性?视网膜病变|糖网病?|视网膜病变|npdr|dr)"
_NON = r"non[- ]?proliferative"
_NON_HAN = r"(?:非增殖期?性?|非增生性?期?)"
_SIGHT = r"(?:visual acuity|eyesight|vision)"

_LESIONS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("MA",), r"micro-?\s?aneurysms?|micro-?aneurisms?|\bmas?\b(?=\W|$)|微动?血?管?脉?瘤"),
    (("HE", "MA"), rf"(?:red|dark) (?:red )?(?:spots?|dots?|lesions?|patches)(?! in your (?:vision|sight|view))|dot {_HAEM}|红点|[暗深]?红色的?(?:病灶|小点|斑点|斑块|点)"),
    (
        ("HE",),
        rf"(?:(?:blot|dot[- ]and[- ]blot|dot[-/ ]blot|flame[- ]shaped|intra-?retinal|retinal) )?{_HAEM}"
        r"|(?:视网膜|点状|片状|火焰状|斑片状|眼底)?出血(?:点|斑|灶)?",
    ),
    (("EX",), r"(?:hard|lipid|waxy) exudat(?:es?|ions?)|硬性?渗出(?:物|斑|灶)?|硬渗"),
    (
        ("SE",),
        r"soft exudat(?:es?|ions?)|cotton[- ]?wool[- ]?(?:spots?|patches|lesions?|exudates?)?|\bcws\b"
        r"|软性?渗出(?:物|斑|灶)?|软渗|[棉绵]絮?[绒絮]?状?斑",
    ),
    (
        ("EX", "SE"),
        r"exudat(?:es?|ions?|ive (?:changes?|lesions?))|(?:bright|yellow|white) (?:spots?|lesions?|patches)"
        r"|渗出(?:物|斑|灶|性病变)?|黄白色?(?:斑点|病灶|点)",
    ),
)
_ALL_LESIONS = (
    r"(?:(?:diabetic|retinal|visible|other|such|any) )?(?:lesions?)\b|病灶|病损|损害灶"
)
_DISEASES: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("D",),
        r"diabetic retinopathy|diabetic (?:eye|retinal) (?:disease|changes?|damage)|\bn?pdr\b|\bdr\b(?!\.)"
        r"|糖尿病性?视网膜病变|糖尿病性?眼病|糖尿病性?眼底病变|糖网病?|(?<![a-z])dr(?![a-z])",
    ),
    (("G",), r"glaucoma\w*|青光眼"),
    (("C",), r"cataracts?|lens opaci\w+|lens (?:is|looks?|appears?|seems?)(?: \w+)? (?:cloud\w*|opaque|hazy)|白内障|晶状?体混浊"),
    (
        ("A",),
        r"(?:age[- ]related )?macular degeneration|\bamd\b|\barmd\b|"
        r"(?:年龄相关性?|老年性?)?黄斑变性",
    ),
    (("H",), r"(?<=signs of )(?:high blood pressure|hypertension)|(?<=sign of )(?:high blood pressure|hypertension)|hypertensive (?:retinopathy|eye disease|changes?|retinal changes?)|高血压性?(?:眼底|视网膜)病变"),
    (
        ("M",),
        r"(?:patholog(?:ic|ical)|degenerative|high) myopia|myopic (?:maculopathy|degeneration|retinopathy)"
        r"|病理性近视|高度近视(?:眼底病变)?|近视性?(?:黄斑|眼底)病变",
    ),
    (("O",), r"other abnormalit(?:y|ies)|其[他它]异常"),
    (
        ("D", "G", "C", "A", "H", "M", "O"),
        r"other (?:eye |retinal )?(?:diseases?|disorders?|conditions?)|其[他它余](?:眼部|视网膜)?(?:疾病|眼病|病变)",
    ),
    (("D", "H"), r"retinopath(?:y|ies)|视网膜病变"),
    (
        ("D", "G", "C", "A", "H", "M", "O"),
        r"(?:any |eye |retinal |ocular )+(?:diseases?|disorders?|problems?|patholog(?:y|ies)|conditions?)"
        r"|\b(?:diseases?|problems?|patholog(?:y|ies)|issues?)\b|眼部?疾?病(?!人)|眼底病|任何(?:疾病|问题)",
    ),
)
_NORMAL = (
    r"(?<!vision )(?<!sight )(?<!pressure )(?<!sugar )(?:looks?|appears?|seems?|is|are|be|within|completely|entirely|perfectly|quite)"
    r"(?: (?:to be|as|a|an|\w+ly|quite|within|be|otherwise))*? "
    r"(?:normal(?: limits)?|healthy|unremarkable|fine|ok(?:ay)?|clean|disease[- ]free)\b"
    r"(?: (?:fundus|retina|eyes?|photo|image|appearance))?(?! (?:to|range|level|if|when|for|pressure|weight|diet|lens|vision))"
    r"|(?:(?<=not )|(?<=n't ))(?:normal|healthy)"
    r"|(?<!ab)normal (?:fundus|retina|eyes?|photo|image|appearance|findings?)"
    r"|healthy (?:fundus|retina|eyes?|photo|image)|unremarkable|results? (?:is|are|looks?) (?:all )?(?:good|fine|clear)"
    r"|nothing (?:abnormal|wrong|unusual|to worry(?: about)?|of concern|suspicious)"
    r"|(?:眼底|眼睛|[左右双]眼|视网膜|照片|图像|图片|结果|一切|部分|部位|整体|总体|看起来|看上去|完全|基本|大致|都|很|是)+(?:是|都|很|为|显示|大致|基本)*(?:正常|健康)(?!范围|值|人|眼压)"
    r"|(?:总体|整体|情况)[^,。;]{0,4}良好|正常的?眼底|健康的?眼底|正常眼(?!压)|(?:没有|没什么|无)(?:大碍|问题|大问题)"
)
_ABNORMAL = (
    r"abnormalit(?:y|ies)|abnormal(?: (?:findings?|fundus|retina|photo|eyes?))?|unhealthy"
    r"|something (?:abnormal|wrong)|异常(?:发现|改变|病变|情况|表现|之处)?|不正常|不健康"
)
_GRADES: tuple[tuple[str, str], ...] = (
    ("34", r"(?<!more )advanced (?:stage|case|retinopathy|disease|npdr|dr|diabetic)|(?<=retinopathy is )advanced|晚期"),
    ("12", r"early[- ](?:stage )?(?:diabetic retinopathy|retinopathy|npdr|dr)\b|早期(?:糖网|糖尿病视网膜病变)"),
    ("123", rf"{_NON}(?: {_DR})?\b|{_NON_HAN}{_DR_HAN}?"),
    ("1", rf"(?<!more )(?<!less )(?<!most )mild (?:stage|degree|form|level|grade|disease|case)\b|mild (?:{_NON} )?{_DR}\b|mild {_NON}|轻度(?:的)?(?:{_NON_HAN}(?:的)?)?{_DR_HAN}|轻度{_NON_HAN}"),
    ("2", rf"(?<!more )(?<!less )(?<!most )moderate (?:stage|degree|form|level|grade|disease|case)\b|moderate (?:{_NON} )?{_DR}\b|moderate {_NON}|中度(?:的)?(?:{_NON_HAN}(?:的)?)?{_DR_HAN}|中度{_NON_HAN}"),
    ("3", rf"(?<!more )(?<!less )(?<!most )severe (?:stage|degree|form|level|grade|disease|case)\b|severe (?:{_NON} )?{_DR}\b|severe {_NON}|重度(?:的)?(?:{_NON_HAN}(?:的)?)?{_DR_HAN}|重度{_NON_HAN}"),
    (
        "4",
        rf"(?<!non-)(?<!non )(?<!non)proliferative(?: {_DR})?\b|(?<![a-z])pdr\b"
        rf"|(?<!非)(?:增殖|增生)(?:期|性)?(?:的)?{_DR_HAN}?",
    ),
)  # fmt: skip
_GRADE_NUMBER = re.compile(
    r"(?:icdr|grad(?:e|ed|ing)|level|stage|severity|class)(?: (?:grade|scale|level|score|severity|"
    r"is|of|as|at|was|being|to be|icdr|dr|the|a|photo|image|comes|out|here))*[ :=(]*(?P<en>[0-4])(?!\d|\.\d|%|-\d| ?(?:to|/) ?[1-9])"
    r"|(?:icdr|分级|级别|等级|程度)(?:[是为属于：: =(]|结果|icdr|dr|第|约)*(?P<zh>[0-4])(?!\d|\.\d|[%处个枚])级?"
    r"|第?(?P<zh2>[0-4零一二三四])级"
)
_GRADE_WORD = re.compile(
    r"(?:grad(?:e|ed|ing)|severity|stage|retinopathy|npdr|\bdr|level)(?:'s)?(?: (?:is|was|of|as|at|level|grade|severity|in|"
    r"the|this|your|that|photo|image|picture|eye|classified|considered|assessed|judged|to|be|seems?|appears?|looks?|rated|a|comes|out|here|"
    r"currently|clearly|only|still|just|suspected|n't|isn't|wasn't))*[ :=,(]*\s?(?:not |rather than |n't |not an? )?"
    rf"(?P<en>mild|moderate|severe|advanced|(?<!non-)proliferative)\b(?! (?:{_HAEM}|pain|symptom))"
    r"|(?:分级|级别|等级|程度|严重度|病变|分期)(?:[是为属于：: =(]|结果|目前|已|达到?|处于|评为|判为|约)*(?:不是|并非|不属于|非|未达)?(?P<zh>轻度|中度|重度|增殖期|增殖性)"
)
_ALTERNATIVE = re.compile(
    r"(?:(?:it|this|that)(?: is| was|'s| isn't| wasn't)(?: not| only| just| still)?|rather than|instead of|and not|but not|not|more than|worse than|less than|below|above|between|"
    r"beyond|short of|or|and|versus|vs\.?|just|why) (?:\w+ )?(?P<en>mild|moderate|severe|proliferative)\b"
    r"(?! (?:npdr|dr|diabetic|non|retinopathy|pain|symptom|ha?em|case|vision))"
    r"|(?:而不是|而非|不是|并非|未达到?|没达到|超过|高于|低于|不到|轻于|重于|是|属于|为)(?P<zh>轻度|中度|重度|增殖期|增殖性)(?!近视|混浊)"
)
_WORD_GRADE = {
    "mild": "1", "moderate": "2", "severe": "3", "proliferative": "4", "advanced": "34",
    "轻度": "1", "中度": "2", "重度": "3", "增殖期": "4", "增殖性": "4",
    **{digit: digit for digit in "01234"}, **dict(zip("零一二三四", "01234", strict=True)),
}  # fmt: skip

_OUTSIDE: tuple[tuple[str, str], ...] = (
    ("oedema", r"\bo?edema\b|水肿|\b(?:dme|csme|cme)\b|(?:diabetic |cystoid )?macular (?:o?edema|swelling|thickening|fluid)|(?:o?edema|swelling|thickening|fluid) (?:of|in|at|under|around) (?:the )?(?:macula|retina|fovea)|(?:sub|intra)-?retinal fluid|黄斑(?:区)?(?:囊样)?(?:水肿|增厚|积液)|视网膜(?:水肿|增厚|积液)|视网膜下有?积液"),
    ("macular_hole", r"(?:macular|lamellar|foveal) holes?|hole (?:in|of) (?:the|your) (?:macula|fovea)|黄斑(?:板层)?裂?孔|黄斑前孔"),
    ("detachment", r"retinal (?:detachments?|tears?|breaks?|holes?)|detach(?:ed|ment|ing)(?: (?:of )?(?:the )?retina)?|(?:torn|tear in (?:the|your)) retina|视网膜(?:脱离|脱落|裂孔|撕裂|破裂)|网脱"),
    ("new_vessels", r"neo-?vasculari[sz]ation|neovascular (?:amd|membranes?|glaucoma|vessels?)|(?:new|abnormal|fragile) (?:blood )?vessels?(?: growth)?|\bnv[de]\b|新生血管|异常血管"),
    ("irma", r"\birma\b|intra-?retinal micro-?vascular abnormalit\w+|视网膜内微血管异常"),
    ("beading", r"venous (?:beading|loops?|dilat\w+)|静脉(?:串珠|迂曲|扩张)(?:样改变)?"),
    ("drusen", r"drusens?|玻璃膜疣|玻璃疣"),
    ("membrane", r"(?:epi|pre)-?retinal (?:membranes?|fibrosis)|\berm\b|macular pucker|fibrovascular \w+|(?:视网膜|黄斑)前膜|纤维(?:增殖)?膜"),
    ("nerve", r"optic (?:neuritis|atrophy|neuropathy|nerve (?:damage|swelling|atrophy|h\w+))|papill?o?edema|disc (?:swelling|o?edema|pallor|cupping|h\w*rrhages?)|cupping|视神经(?:炎|萎缩|病变|损伤|受损)|视(?:盘|乳头)(?:水肿|苍白|出血|凹陷扩大)"),
    ("tumour", r"tumou?rs?|melanomas?|retinoblastomas?|cancer\w*|na?ev(?:us|i)|neoplasms?|malignan\w+|肿瘤|黑色素瘤|癌|母细胞瘤|色素痣|恶性"),
    ("occlusion", r"(?:(?:branch|central) )?(?:retinal )?(?:vein|artery|venous|arterial|vascular) (?:occlusions?|blockages?)|\b[bc]r[va]os?\b|\br[va]o\b|blocked (?:veins?|arter\w+|vessels?)|(?:veins?|arter\w+|vessels?) (?:is|are|looks?|appears?|seems?) (?:occluded|blocked|closed)|(?:静脉|动脉|血管)(?:阻塞|堵塞|栓塞)"),
    ("vitreous", r"(?:vitreous|pre-?retinal|sub-?retinal|sub-?hyaloid|sub-?conjunctival) ha?em\w+|vitreous (?:opacit\w+|detachment|bleed\w*)|floaters?|asteroid hyalosis|玻璃体(?:积血|出血|混浊|后脱离)|视网膜(?:前|下)出血|飞蚊"),
    ("inflammation", r"uveitis|retinitis(?! pigment)|chorio-?retinitis|vasculitis|toxoplasm\w+|endophthalmitis|conjunctivitis|keratitis|iritis|\w*\s?infections?|葡萄膜炎|视网膜炎|脉络膜炎|血管炎|弓形虫|感染|结膜炎|角膜炎|虹膜炎"),
    ("scar", r"(?:laser|macular|retinal|chorioretinal|photocoagulation) (?:scars?|spots?|marks?)|(?:激光|黄斑|视网膜)(?:斑|瘢痕|光凝斑)|瘢痕"),
    ("degeneration", r"geographic atrophy|retinitis pigmentosa|stargardt\w*|central serous\w*|macular atrophy|(?:wet|dry|exudative) (?:a?r?md|macular)|retinoschisis|lattice|staphyloma|tessellat\w+|地图状萎缩|视网膜色素变性|中心性浆液性\w*|中浆|黄斑萎缩|(?:湿|干)性(?:年龄相关性?)?(?:黄斑变性|amd)|格子样变性|后巩膜葡萄肿|豹纹状眼底"),
    ("vessels", r"(?:arteriolar|vascular|vessel|arterial|arteriovenous|a/?v) (?:narrowing|attenuation|tortuosity|nicking|crossing|sclerosis|occlusive)|tortuous vessels?|(?:copper|silver) wir\w+|macro-?aneurysms?|动静脉(?:交叉压迹|压迫|比例?)|(?:动脉|血管)(?:变细|硬化|迂曲|狭窄)|(?:铜|银)丝样?|大动脉瘤"),
    ("disc", r"(?:optic )?(?:discs?|disks?|nerves?(?: heads?)?|cups?|neural rim|disc margins?|cup-to-disc ratio|cup/disc ratio|cdr)(?: (?:\w+ )?(?:is|are|looks?|appears?|seems?)(?: not| also| both| all| \w+ly| quite| well)* (?:normal|healthy|pale|pink|swollen|flat|intact|clear|sharp|unremarkable|fine|affected|damaged|spared|involved|enlarged|narrow\w*|dilated|tortuous|cupped|thick\w*|abnormal|ok|preserved|defined|unaffected|blurred|attenuated|regular))|(?:normal|healthy|pale|swollen|sharp|clear|large|enlarged|increased|high) (?:optic )?(?:discs?|disks?|nerves?|cup|disc margins?|cup-to-disc ratio|cup/disc ratio|cdr)\\b|(?:视盘|视乳头|视神经)(?:边界|颜色|色泽)?(?:均|都|也|看起来|是|很|较|显示)*(?:清晰?|正常|淡|苍白|红润|模糊|隆起|凹陷|扩大|未见异常|无异常|健康)|杯盘比(?:均|都|也|是|较|略|明显)*(?:正常|增大|偏大|扩大|不大)"),
    ("macula", r"(?:macula|fovea|macular (?:region|area)|foveal reflex)(?: (?:\w+ )?(?:is|are|looks?|appears?|seems?)(?: not| also| both| all| \w+ly| quite| well)* (?:normal|healthy|pale|pink|swollen|flat|intact|clear|sharp|unremarkable|fine|affected|damaged|spared|involved|enlarged|narrow\w*|dilated|tortuous|cupped|thick\w*|abnormal|ok|preserved|defined|unaffected|blurred|attenuated|regular))|(?:normal|healthy|intact|flat) (?:macula|fovea)|foveal reflex (?:is )?(?:present|absent|visible)|黄斑(?:区|中心凹)?(?:反光|结构|形态)?(?:均|都|也|看起来|是|很|较|显示)*(?:正常|存在|消失|可见|清晰|未见异常|无异常|未受累|受累|健康|平坦)|中心凹反光"),
    ("vessels", r"(?:(?:blood |retinal )?vessels|arter(?:ies|ioles)|veins)(?: (?:\w+ )?(?:is|are|looks?|appears?|seems?)(?: not| also| both| all| \w+ly| quite| well)* (?:normal|healthy|pale|pink|swollen|flat|intact|clear|sharp|unremarkable|fine|affected|damaged|spared|involved|enlarged|narrow\w*|dilated|tortuous|cupped|thick\w*|abnormal|ok|preserved|defined|unaffected|blurred|attenuated|regular))|(?:normal|healthy|narrowed|dilated) (?:blood |retinal )?(?:vessels|arteries|veins|vasculature)|(?:视网膜)?(?:血管|动脉|静脉)(?:走[行形]|管径|形态)?(?:均|都|也|看起来|是|很|较|显示)*(?:正常|未见异常|无异常|清晰|健康|扩张)"),
    ("front", r"dry eyes?|corneal? (?:ulcer|scar|opacit\w+|abrasion)s?|pterygium|ptosis|strabismus|amblyopia|干眼症?|角膜(?:溃疡|混浊|擦伤)|翼状胬肉|斜视|弱视"),
    ("refraction", r"(?<!pathologic )(?<!pathological )(?<!high )(?<!degenerative )\bmyopia|near-?sighted\w*|short-?sighted\w*|far-?sighted\w*|hyperopia|astigmatism|presbyopia|(?<!病理性)(?<!高度)近视(?!性)|远视|散光|老花"),
)  # fmt: skip


def _compile() -> list[tuple[Kind, tuple[str, ...], re.Pattern[str]]]:
    rows: list[tuple[Kind, tuple[str, ...], str]] = [("outside", (k,), p) for k, p in _OUTSIDE]
    rows += [("grade", tuple(grades), pattern) for grades, pattern in _GRADES]
    rows += [("disease", codes, pattern) for codes, pattern in _DISEASES]
    rows += [("lesion", codes, pattern) for codes, pattern in _LESIONS]
    rows += [("lesion", ("MA", "HE", "EX", "SE"), _ALL_LESIONS), ("normal", ("N",), _NORMAL)]
    rows += [("abnormal", ("N",), _ABNORMAL)]
    return [
        (kind, codes, re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])"))
        for kind, codes, pattern in rows
    ]


_TERMS = _compile()


def mentions(text: str) -> list[Mention]:
    """All terms of a normalised text in order; where terms overlap the longest is kept."""
    found = [
        Mention(kind, codes, match.start(), match.end())
        for kind, codes, pattern in _TERMS
        for match in pattern.finditer(text)
        if match.group().strip()
    ]
    for pattern in (_GRADE_NUMBER, _GRADE_WORD, _ALTERNATIVE):
        for match in pattern.finditer(text):
            name = match.lastgroup
            if name:
                grades = tuple(_WORD_GRADE[match[name]])
                found.append(Mention("grade", grades, match.start(name), match.end(name)))
    found.sort(key=lambda mention: (mention.start - mention.end, mention.start))
    kept: list[Mention] = []
    for mention in found:
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)
