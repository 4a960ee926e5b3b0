"""Claims that need no term of the lexicon: which eye, how good the photo, referral, the person.

Age, sight, pressure, blood sugar and the like cannot be known from a photo at all.
"""

import re

from assistant import cues
from assistant.claims import Claim, Topic
from assistant.clauses import Clause, is_general
from assistant.numbers import Number, read_numbers

_ADVICE = re.compile(
    r"\b(?:should|please|upload\w*|recommend\w*|exam\w*|check\w*|screen\w*|compare|another|also have|both of|need|needs|would|could you|which|whether|either|or (?:the )?(?:left|right))\b"
    r"|\bnot (?:been )?(?:photographed|provided|uploaded|shown|given|available|measured)|请|建议|应|未拍|没有?拍|没有照片|缺少|上传|检查|筛查|另|还是|哪"
)
_EYES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("both",), r"\b(?:both|two) (?:of (?:your|the) )?eyes\b|\bou\b|双眼|两只眼|两眼"),
    (("OD",), r"\bright[- ](?:eye|fundus|retina)\b|(?<![a-z])od(?![a-z])|右(?:侧)?眼|\beye\b[^,;]{0,12}[:=] ?right\b|\bit is (?:the |a )?right\b"),
    (("OS",), r"\bleft[- ](?:eye|fundus|retina)\b|(?<![a-z])os(?![a-z])|左(?:侧)?眼|\beye\b[^,;]{0,12}[:=] ?left\b|\bit is (?:the |a )?left\b"),
)  # fmt: skip
_SUBJECT = re.compile(
    r"\b(?:photo\w*|image|picture|scan|quality|it|this|focus|exposure)\b|照片|图|影像|质量|清晰度|曝光"
)
_QUALITY: tuple[tuple[str, str], ...] = (
    ("good", r"\b(?:good|clear|sharp|adequate|sufficient|excellent|high|fine|great|decent|acceptable)[- ](?:enough|quality|focus|image|photo|picture|exposure)\b|\b(?:is|are|looks?|appears?|quality:|quality (?:is|of)|of)(?: \w+ly| very| quite| a| of)* (?:good|clear|sharp|adequate|sufficient|excellent|acceptable|(?<!not )gradable|readable|well[- ](?:focused|exposed|lit))\b(?! (?:signs?|evidence|that|candidate|news|idea|reason|time|practice|thing|question|chance|way|control|for|to|about|whether))|\bquality:? (?:is )?(?:good|gradable|fine)|良好|质量(?:较|很)?(?:好|佳|高)|(?<!不)(?<!欠)(?<!更)清晰(?!度)|(?<!不)可以?判读|能够?判读|合格|足够清"),
    ("poor", r"\b(?:poor|bad|low|limited|insufficient|inadequate)[- ](?:quality|image|photo)\b|\bquality:? (?:is |was |of |the |this |photo |image )*(?:\w+ly |too |very )*(?:poor|bad|low|limited|insufficient|inadequate|reduced)|\b(?:ungradable|ungradeable|unreadable|not (?:gradable|readable|clear|sharp)(?! (?:whether|how|why|what|if|which)))\b|质量(?:较|很|太|不|偏)?(?:差|佳|高|低|受限|限)(?<!质量高)(?<!质量佳)(?<!较高)(?<!很高)(?<!较佳)(?<!很佳)|质量: ?(?:较|很)?差|不可判读|不合格"),
    ("dark", r"\b(?:too |very |quite |rather )?(?:dark|underexposed|dim)\b(?! (?:red|blue|green|brown|spot|border|room|dot|lesion))|(?:偏|过|太|较|很)暗|曝光不足"),
    ("bright", r"\boverexposed\b|\btoo bright\b|(?:过|太|偏)亮|过曝|曝光过度"),
    ("blurred", r"\b(?:blurr(?:y|ed)|out of focus|hazy|unsharp)\b(?! vision)|(?<!视物)(?<!视力)模糊|失焦|对焦不准|不清晰|欠清"),
    ("low_contrast", r"\b(?:low|little|poor) contrast\b|对比度(?:较|很|偏)?(?:低|差)"),
    ("low_resolution", r"\blow[- ]resolution\b|\bresolution (?:is|seems|looks) (?:\w+ )?low\b|\bfew pixels\b|分辨率(?:较|很|太|偏|过)?低"),
    ("uneven", r"\buneven(?:ly)?\b|光照不均|亮度不均"),
)  # fmt: skip
_KIND: tuple[tuple[str, str], ...] = (
    ("other", r"\b(?:photo\w*|image|picture|this|it) (?:is|shows|appears to be|looks like)(?: actually| really)? (?:an? |the )?(?:oct\b|ultrasound|x-?ray|mri|ct scan|slit[- ]lamp|angiogra\w+|selfie|cat|photo of a (?:face|cat|dog))|(?:这|图像|照片)(?:是|为)(?:一张)?(?:oct|超声|x光|造影|裂隙灯)"),
    ("cfp", r"(?<=not )(?:a|an) (?:colou?r )?(?:fundus|retinal) (?:photo\w*|image)|\b(?:this|it|image|picture) is (?:a|an) (?:colou?r )?(?:fundus|retinal) (?:photo\w*|image)|(?:(?<!不)是|(?<=不是))(?:一张)?(?:彩色)?眼底(?:照片|图)"),
)  # fmt: skip
_NO_REFERRAL = re.compile(
    r"\bno (?:urgent )?(?:referral|follow-?up|further (?:exam\w*|check\w*|action|test\w*|care)|treatment|action)\b(?: \w+){0,3}? (?:is|are|needed|required|necessary)"
    r"|\b(?:don't|do not|not|needn't|no) (?:\w+ )?(?:need|needs|have|necessary|required)(?: for| to| a| an| any| be| see| visit| consult| go| the)* (?:referr\w+|refer|doctor|ophthalmologist|specialist|follow-?up|eye (?:doctor|exam\w*)|hospital|clinic|check-?up)"
    r"|\breferral (?:is|was) not (?:needed|required|necessary)|\bnothing to worry\b|\bno (?:reason|need|cause) (?:to|for) (?:worry|concern|be concerned|a referral|referral|see|visit|an? eye|an? oph|alarm|follow)"
    r"|(?:无需|不需要?|不用|不必|没必要)(?:立即|马上|去|再|进行|做|到|找|您)*(?:转诊|就医|看医生|看眼科|医院|就诊|复查|随访|担心|检查|治疗|处理)"
)
_REFERABLE = re.compile(
    r"\b(?P<non>non-?)?referr?able\b(?P<tail>[: ]*(?:no\b|not\b)?)"
    r"|(?P<nonz>[不未无非])?(?:属于|达到?|符合|是)?(?<!无)(?:需转诊|可转诊|转诊标准|转诊级别?)(?P<tailz>: ?否)?|需要转诊(?P<tailq>: ?否)"
)
_NEED = re.compile(r"\b(?:should|must|needs?|needed|required?)\b|需要|应当?")
_FOLLOW_UP = re.compile(
    r"re-?screen\w*|follow(?:ed)?[- ]?up|recheck\w*|re-?exam\w*|check-?ups?|(?:eye|next|dilated|fundus) exam\w*|(?:see|visit|consult) (?:an?|your|the) \w+|"
    r"appointment|checked again|screened again|next (?:visit|screening|photo)|seen again|screening|come back|return|repeat\w*|复查|随访|复诊|再次?检查|筛查一?次?|就诊|检查一次"
)
_YEARLY = re.compile(r"\b(?:annual(?:ly)?|yearly|once a year|every year|each year|per year)\b|每年|一年一次|年度")
_MONTHS = {"day": 1 / 30, "天": 1 / 30, "week": 0.25, "周": 0.25, "星期": 0.25, "month": 1, "月": 1, "year": 12, "yr": 12, "年": 12}
_WHOSE = r"(?:your|his|her|their|the patient's|this (?:person|patient)'s)"
_PERSONAL: tuple[tuple[str, str], ...] = (
    ("acuity", rf"\b{_WHOSE} (?:\w+ )?(?:visual acuity|vision|eyesight|sight)\b (?:is|was|measures|seems|appears|looks|has|=|:)(?! (?:important|precious|at risk|a |the |not (?:known|something|measured)|unknown))|\bvisual acuity(?: (?:is|was|of|in|here|the|this|that|right|left|eye|about|measured|at))*[ :=]*\d|\b20/\d\d|\b(?:vision|sight|acuity) (?:in|of) (?:this|your|the (?:left|right|affected)) eye (?:is|seems|appears|has|looks)|\byou (?:can |still |probably |should |will |do not |don't |cannot )*see (?:well|poorly|badly|fine|normally)\b|\b6/\d{{1,2}}\b|[您你患者]的?(?:矫正|裸眼|右眼|左眼)?视力(?:为|是|约|很|正常|良好|较?差|下降|[:]?\d)|(?:这只|该|右|左)眼的?视力(?:为|是|约|很|正常|良好|较?差|下降|不)|[您你](?:看得|能看|可以看)(?:很|不|比较|非常)*(?:清|好)|视力(?:为|约|:)\s?\d"),
    ("pressure", rf"\b{_WHOSE} (?:\w+ )?(?:intraocular pressure|eye pressure|iop)\b (?:is|was|seems|appears|looks|measures|=|:|has)(?! (?:not|unknown|important))|\b(?:this|your|the (?:left|right)) eye has (?:\w+ )?(?:high|low|normal|raised|elevated) pressure|\bpressure (?:in|of) (?:this|your|the (?:left|right)) eye (?:is|seems)|(?<!normal )(?<!average )\b(?:the )?(?:intraocular pressure|eye pressure|iop)(?: (?:is|was|of|here|about|approximately))*[ :=]*\d+|[您你患者]的?眼内?压(?:为|是|约|很|正常|偏?高|升高|偏?低|\d)|(?<!正常)眼内?压(?:为|约|:)\s?\d"),
    ("age", rf"\b(?:you are|you're|he is|she is|the patient is|this person is|patient:) (?:\w+ )?(?:about |around |approximately |probably |likely )*(?:\d+|\w+ty(?:-\w+)?)[- ]years?|\b{_WHOSE} age (?:is|was|seems|appears)\b|\b(?:patient|person|man|woman|you|photo)\b[^,;.]{{0,25}}\baged? (?:about |around |of )?\d+|\b(?:this|the|an?) (?:elderly|middle-aged|young|older|\d+-year-old) (?:patient|person|man|woman|male|female|adult)\b|(?:患者|您|此人|该人)(?:的?年龄)?(?:大?约|为|是|可能)*\d+岁|年龄(?:大?约|为|是|在)+\d+"),
    ("gender", r"\b(?:the patient|this person|you|the owner|this|he|she|it|patient|photo|eye)\b[^,;]{0,25}\b(?:is|are|be|belongs to|from|of)\b[^,;]{0,15}\b(?:a |an )?(?:\w+ )?(?:man|woman|male|female|boy|girl)\b|(?:患者|您|此人|该人|照片|属于|眼睛?|是)[^,。;]{0,6}(?:男|女)(?:性|人|士|的)?"),
    ("sugar", rf"\b{_WHOSE} (?:\w+ )?(?:blood (?:sugar|glucose)|hba1c|a1c|glucose)(?: levels?)?\b (?:is|was|are|seems?|appears?|looks?|has|have|must be)(?! (?:important|not known|unknown|key|the key))|[您你患者]的?(?:空腹)?(?:血糖|糖化血红蛋白)(?:水平|控制)?(?:得)?(?:为|是|偏?高|很|较|不佳|不好|良好|\d)"),
    ("diabetes", r"\b(?:you|the patient|s?he|this person) (?:\w+ ){0,2}(?:have|has|are|is|suffers? from)(?: a| not| type \w| had| probably| likely| long-standing| poorly controlled)* diabet(?:es|ic)\b(?! (?:retin|macul|eye))|\byour diabetes\b|[您你患者](?:可能)?(?:患?有|得了|是|没有?)(?:[12一二]型)?糖尿病(?!性?视|黄斑|性?眼|视网膜|患者?应)"),
    ("blood_pressure", rf"\b(?:you|the patient|s?he|this person) (?:\w+ )?(?:have|has|suffers? from)(?: a| probably| likely)* (?:high blood pressure|hypertension)\b|\b{_WHOSE} blood pressure (?:is|was|seems|looks|appears)(?! (?:important|not))|[您你患者](?:可能)?(?:患?有|得了)高血压(?!性?视|性?眼)|[您你患者]的?血压(?:为|是|偏?高|很|较|\d)"),
    ("origin", r"\b(?:photo\w*|image|picture|scan) (?:was|is|has been) (?:taken|captured|made|shot|acquired)\b(?! (?:too|again|in focus|from the))|(?:照片|图像)(?:拍摄|摄)于|(?:照片|图像)是?(?:在|用)[^,。;]{1,12}(?:拍摄?|摄)的"),
    ("prognosis", r"\b(?:you|s?he|the patient) (?:will|are going to|is going to|are about to)(?: \w+ly)? (?:go blind|become blind|be blind|lose (?:your |his |her |their |all )*(?:sight|vision|eyesight))|\b(?:you|your (?:vision|sight))(?: \w+)? will (?:not |never )(?:go blind|lose|get worse|be affected)|[您你](?:的视力|的?眼睛)?(?:肯定|一定|将|不?会|马上|很快)+(?:会|将)?(?:失明|瞎|丧失视力)"),
    ("change", r"\b(?:has|have|had|it|grade|disease|retinopathy|lesions?|condition)(?: \w+)? (?:progressed|worsened|improved|deteriorated|increased|decreased|regressed|advanced|become (?:worse|better)|got(?:ten)? (?:worse|better)|remained (?:stable|unchanged)|not changed)\b(?! (?:to|in|risk))|\b(?:than|since|compared (?:with|to)) (?:last|before|your last|the last|the previous|a year|previous|earlier|prior)\b|\b(?:is|are|has been) (?:progressing|worsening|improving|stable)\b|比(?:上次|以前|之前|去年|原来)|较(?:上次|前|之前|以前)(?:次)?|(?:已经?|有所|明显)(?:进展|恶化|好转|加重|改善|减轻)|(?:病情|病变)(?:稳定|进展|恶化|加重|好转)"),
)  # fmt: skip
_ASIDE = re.compile(r"\b(?:normal|average|if|whether|since you|as you|because you|given that you|you (?:said|mentioned|told)|may|might|could|can(?! see)|cannot(?! see)|can't|not (?:know|tell|say|measured|possible)|unknown|important|depends?|how (?:quickly|fast|much|far))\b|正常(?:值|眼压|视力|血糖|血压)|如果|是否|既然|由于您|您提到|可能会|无法|不能|不知道|未知|看不出")


def of_clause(clause: Clause) -> list[Claim]:
    """All such claims of one clause."""
    if cues.HYPOTHETIC.search(clause.text):
        return []
    return [
        *_eye(clause), *_quality(clause), *_referral(clause), *_interval(clause), *_personal(clause)
    ]  # fmt: skip


def _supposed(clause: Clause, position: int) -> bool:
    return any(low <= clause.start + position < high for low, high in clause.supposes)


def _denied(clause: Clause, match: re.Match[str]) -> bool:
    before, after = clause.text[: match.start()], clause.text[match.end() :]
    return bool(
        re.search(r"(?:\bnot|n't|\bno|\bnever|不是|并非|不|没有|未)(?: \w+){0,2}[ ,]*$", before)
        or re.match(r"^[^,;]{0,6}(?:不是|并非)", after)
    )


def _eye(clause: Clause) -> list[Claim]:
    if _ADVICE.search(clause.text):
        return []
    claims = []
    for codes, words in _EYES:
        match = re.search(words, clause.text)
        if not match or _supposed(clause, match.start()):
            continue
        unanchored = not re.search(r"\b(?:this|the|your|photo\w*|image)\b|[这该您你图]|照片", clause.text)
        if is_general(clause.text) and (unanchored or codes == ("both",)):
            continue
        claims.append(Claim("eye", codes, denied=_denied(clause, match)))
    return claims


def _quality(clause: Clause) -> list[Claim]:
    here = clause.anchor == "here"
    if not _SUBJECT.search(clause.text) or clause.conditional or (is_general(clause.text) and not here):
        return []
    for code, words in (*_KIND, *reversed(_QUALITY)):
        match = re.search(words, clause.text)
        if match and not _supposed(clause, match.start()):
            return [Claim("quality", (code,), denied=_denied(clause, match))]
    return []


def _referral(clause: Clause) -> list[Claim]:
    claims = []
    match = _REFERABLE.search(clause.text)
    if match and not _supposed(clause, match.start()) and not is_general(_NEED.sub("", clause.text)):
        denied = bool(match["non"] or match["nonz"] or match["tailz"] or match["tailq"] or (match["tail"] or "").strip(": "))
        claims.append(Claim("referable", denied=denied or _denied(clause, match)))
    refusal = _NO_REFERRAL.search(clause.text)
    if refusal and not is_general(_NEED.sub("", clause.text)) and not _supposed(clause, refusal.start()):
        claims.append(Claim("referral", denied=True))
    return claims


def _interval(clause: Clause) -> list[Claim]:
    text = clause.text
    if not _FOLLOW_UP.search(text) or clause.conditional:
        return []
    if is_general(_NEED.sub("", text)):
        return []
    months = [m for number in read_numbers(text) if (m := _in_months(text, number))]
    if not months and re.search(r"半年|half a year|six months", text):
        months = [6.0]
    if not months and _YEARLY.search(text):
        months = [12.0]
    return [
        Claim("interval", number=Number(m, m, 1.0, "time", False, clause.start, clause.end))
        for m in months[-1:]
    ]


def _in_months(text: str, number: Number) -> float | None:
    if number.unit != "time" or number.high == float("inf"):
        return None
    unit = text[number.start : number.end]
    if re.match(r"\s*(?:ago|old|earlier)|前|岁", text[number.end :]) or "岁" in unit:
        return None
    return next((number.high * scale for name, scale in _MONTHS.items() if name in unit), None)


def _personal(clause: Clause) -> list[Claim]:
    claims: list[Claim] = []
    topic: Topic = "outside"
    for code, words in _PERSONAL:
        match = re.search(words, clause.text)
        if not match or _supposed(clause, match.start()):
            continue
        if _ASIDE.search(clause.text) or (clause.anchor == "none" and is_general(clause.text)):
            continue
        claims.append(Claim(topic, (code,)))
    return claims
