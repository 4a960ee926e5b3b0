"""What no answer may say, whatever the findings: doses of medicines, and diagnoses as certain."""

import re

from assistant import cues
from assistant.lexicon import normalise

_DRUG = (
    r"atropine|timolol|latanoprost|travoprost|bimatoprost|ranibizumab|aflibercept|bevacizumab|faricimab|brolucizumab|"
    r"lucentis|eylea|avastin|metformin|insulin|pilocarpine|dorzolamide|brinzolamide|brimonidine|prednisolone|prednisone|"
    r"triamcinolone|dexamethasone|acetazolamide|diamox|mannitol|aspirin|fenofibrate|tropicamide|ofloxacin|levofloxacin|"
    r"moxifloxacin|tobramycin|acyclovir|ganciclovir|ibuprofen|paracetamol|acetaminophen|vitamin [a-e]|lutein|zeaxanthin|"
    r"semaglutide|amlodipine|losartan|阿托品|噻吗洛尔|拉坦前列素|曲伏前列素|雷珠单抗|阿柏西普|康柏西普|贝伐单抗|二甲双胍|胰岛素|毛果芸香碱|"
    r"布林佐胺|溴莫尼定|泼尼松龙?|曲安奈德|地塞米松|乙酰唑胺|甘露醇|阿司匹林|非诺贝特|羟苯磺酸钙|左?氧氟沙星|妥布霉素|更昔洛韦|布洛芬|叶黄素|维生素"
)
_COUNT = r"(?:\d[\d.,]*|half an?|an?|one|two|three|four|five|six|半|[一二两三四五六]|几)"
_AMOUNT = re.compile(
    r"\d[\d.,]*\s?(?:-\s?\d[\d.,]*\s?)?(?:mg|mcg|µg|μg|ug|ml|iu|cc|units?)\b(?!\s?/\s?d?l)"
    rf"|\b{_COUNT}\s?(?:or \w+ |to \w+ |- ?\d )?(?:eye ?)?(?:drops?|tablets?|pills?|capsules?|puffs?|doses?|injections? of|teaspoons?)\b(?! (?:of )?(?:the |in )?(?:blood|vision|sight|pressure))"
    rf"|{_COUNT}\s?(?:毫克|微克|毫升|单位|国际单位|片(?!状|子)|粒|滴|支|胶囊|克(?!服))"
    rf"|(?<![a-z])(?:{_DRUG})[^,.;。]{{0,25}}?\d[\d.]*\s?(?:%|mg|毫克|微克|单位)|\d[\d.]*\s?%\s?(?:的)?(?:\w+ )?(?:{_DRUG})"
)
_TIMES = re.compile(
    r"\b(?:once|twice|thrice|(?:\d+|two|three|four|five|six) times|every \w+ hours?)(?: (?:a|per|each|every))?(?: ?(?:day|daily|week|month|night|morning)s?)?\b"
    r"|\b(?:daily(?! (?:life|environment|activit|basis|routine|tasks|living))|bid|tid|qid|b\.i\.d|t\.i\.d)\b|每[日天晚早周][一二两三四五六\d]?次?|[一二两三四\d]日[一二两三四\d]次|每隔?\s?\d*[一二两三四]?小时"
)
_TAKING = re.compile(
    r"\b(?:take|takes|taking|instil\w*|apply|applying|inject\w*|drops?|tablets?|pills?|dose[sd]?|dosage|medicat\w+|medicines?|ointment|gel|swallow|use (?:the|your|this|a|an) (?:drop|cream|oint|med))"
    rf"|\b(?:{_DRUG})|服用?|口服|注射|滴眼|点眼|用药|眼药|药膏|吃药|涂|片剂"
)
_FOOD = re.compile(r"\b(?:sugar|glucose|pressure|photo|picture|exercise|walk|test|check|monitor|measure)")

_SURE = re.compile(
    r"\b(?:definitely|certainly|undoubtedly|without (?:a |any )?doubt|no doubt|100 ?%|for (?:sure|certain)|unquestionably|absolutely|surely|indisputably|certain(?:ly)? that|it is clear that you)\b"
    r"|肯定|一定|必定|毫无疑问|无疑|百分之?百|100%|绝对|确定[您你]"
)
_ILL = re.compile(
    r"\b(?:you|your|he|she|patient|this is|it is|this eye|have|has|suffer\w*)\b[^;]{0,60}\b(?:retinopathy|glaucoma|cataracts?|degeneration|amd|dr|npdr|pdr|myopia|disease|diabet\w+|cancer|tumou?r|detachment|o?edema|normal|healthy|condition)\b"
    r"|(?:视网膜病变|青光眼|白内障|黄斑变性|糖网|近视|糖尿病|疾病|肿瘤|脱离|水肿|正常|健康|病)"
)
_DIAGNOSIS = re.compile(
    r"\b(?:i|we)(?: can| would| hereby| now)* (?:diagnose|confirm)\b|\b(?:you|he|she|the patient|this (?:eye|person)|your eyes?)(?:'ve| have| has| are| is|'re)(?: been| now| clearly)* (?:diagnosed|confirmed)\b"
    r"|\b(?:my|our|your|final|definitive|definite|clinical) diagnosis(?: here)? (?:is|of|:)|\bthe diagnosis (?:is|:)|^diagnosis:|\b(?:confirms|proves|establish\w*) (?:that you|the diagnosis|your|(?:a |the )?(?:presence of )?(?:diabetic|glaucoma|cataract|macular|hypertens|moderate|severe|mild|prolif))"
    r"|确诊|诊断(?:结果)?(?:为|是|:)|断定|我诊断|证实[您你了]"
)
_NOT_SURE = re.compile(
    r"\b(?:not|cannot|can't|no|never|nobody|only|must|should|need|needs|before|until|without seeing|whether|if)\b|n't\b"
    r"|不能|无法|不一定|才能|只有|需要?|应|须|由[^,。;]{0,8}(?:医生|医师)|是否|如果|未|并非|不是|不(?=确|肯|可)|非"
)
_GENERALLY = re.compile(
    r"\b(?:diagnosed (?:with|by|through|in|at|when|during)|diagnosis (?:of [^,;]{2,40} )?(?:is|of|requires?|relies|depends))\b[^;]*\b(?:exam\w*|test\w*|doctor|ophthalmo\w+|people|patients|criteria|made|based)\b"
)


_TREATS = re.compile(
    r"\b(?:you|your (?:\w+ )?eyes?|the patient|s?he)(?:'ll| will| would| do| definitely| urgently| probably| now)* (?:need|needs|require|requires|must (?:have|get|take|start|undergo)|should (?:have|get|take|start|undergo|stop|use|receive|be treated)|have to (?:have|take|start))\b[^,;.]{0,40}\b(?:laser|injections?|surgery|operation|vitrectomy|insulin|(?:eye )?drops|medicat\w+|medicine|anti-?vegf|photocoagulation|treatment with|tablets|steroids?|antibiotics?|implant)"
    r"|\b(?:you|he|she|the patient) (?:should|must|need to|have to|has to) be treated\b"
    r"|\b(?:start|stop|begin) (?:taking |using )?(?:your )?(?:insulin|metformin|aspirin|steroids?|(?:eye )?drops|medication|antibiotics?)\b"
    r"|(?:[您你]|患者)(?:现在|必须|应该?|需要?|要|得|可以)+(?:尽快|立即|接受|进行|做|打|使用|开始|用)*[^,。;]{0,8}(?:激光|手术|注射|打针|抗vegf|光凝|胰岛素|眼药水|药物|服药|吃药)"
    r"|建议(?:[您你])?(?:尽快|立即|接受|进行|做|使用|开始|行|用)*[^,。;]{0,8}(?:激光|手术|注射|抗vegf|光凝|胰岛素|眼药水|药物治疗|服药)"
)


def prescribes(sentence: str) -> bool:
    """Whether a sentence tells this person which treatment to have."""
    text = normalise(sentence)
    match = _TREATS.search(text)
    doubts = re.search(r"\b(?:if|whether|ask|may|might|could|decide|discuss)\b|如果|是否|可能|由医生|咨询", text)
    return bool(match and not doubts)


def gives_dose(sentence: str) -> bool:
    """Whether a sentence tells how much of a medicine to take, or how often."""
    text = normalise(sentence)
    if _AMOUNT.search(text):
        return True
    return bool(_TIMES.search(text) and _TAKING.search(text) and not _FOOD.search(text))


def claims_certainty(sentence: str) -> bool:
    """Whether a sentence gives a diagnosis of this person as certain."""
    text = normalise(sentence)
    for pattern, other in ((_DIAGNOSIS, None), (_SURE, _ILL)):
        match = pattern.search(text)
        if not match or (other and not other.search(text)):
            continue
        around = text[max(0, match.start() - 60) : match.start()] + text[match.end() : match.end() + 25]
        sure_of_it = not _NOT_SURE.search(around) or (other and re.search(r"\byou (?:definitely|certainly)", text))
        if sure_of_it and not _GENERALLY.search(text) and not cues.CONDITION.match(text):
            return True
    return False
