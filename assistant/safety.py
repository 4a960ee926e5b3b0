"""What is said before any answer: emergencies, doses, and what no photo of the retina can tell.

Rules on the question alone. In doubt an emergency is assumed, unless the question is plainly
general ("what does a detachment feel like?") or denies the symptom.
"""

import re

from assistant.lexicon import normalise

_SELF = (
    r"\b(?:i|i'm|i've|me|my|mine|we|our|he|she|his|her|mom|mum|mother|father|dad|wife|husband|son|daughter|"
    r"child|baby|kid|friend|patient'?s?|grand\w+|brother|sister|uncle|aunt|someone|somebody)\b"
    r"|我|俺|咱|本人|家人|妈|爸|父|母|孩子|宝宝|儿子|女儿|老婆|老公|丈夫|妻子|奶奶|爷爷|外[公婆]|朋友|同事|患者|病人|[他她]"
)
_SIGHT = r"(?:sight|vision|eyesight|visual field)"
_EYE = r"(?:eyes?|eyeballs?)"
_SUDDEN = (
    r"(?:sudden(?:ly)?|all at once|all of a sudden|abrupt\w*|overnight|out of nowhere|within (?:seconds|minutes|hours)|"
    r"in (?:seconds|minutes)|this morning|today|yesterday|tonight|last night|just now|since (?:this morning|yesterday|today|last night)|"
    r"woke up|an hour ago|hours ago|rapid(?:ly)?|quickly)"
)
_LOST = (
    rf"(?:los[et]s?|losing|lost)(?: (?:the|my|all|of|his|her|most|some|partial|part|peripheral|central|side))* {_SIGHT}|loss of {_SIGHT}|{_SIGHT} loss"
    rf"|{_SIGHT} (?:\w+ ){{0,6}}(?:gone|disappear\w*|vanish\w*|black|dark|drop\w*|decreas\w*|worse\w*|blur\w*|dim\w*|deteriorat\w*|failed|got bad|went)"
    r"|(?:can't|cannot|can not|couldn't|unable to|can hardly|can barely|not able to) see\b(?! (?:the|a|any) (?:photo|image|overlay|lesion|ha?em|exud|micro|button|picture|result|answer|point))|(?:went|go|going|gone|turned|became|become|am|is|was) blind\b|(?:everything|all|it) (?:went|is|was|turned) (?:black|dark|grey|gray|blurr\w+)"
    r"|see(?:ing)? nothing|black(?:ed)? out|blurr(?:y|ed) vision|blindness"
)
_LOST_HAN = (
    r"(?:看不[见清到]|失明|瞎了?|视力(?:骤|急剧?|明显|一下子|突然|快速)?(?:下降|丧失|减退|模糊|没了|变差|降)|视物(?:不清|模糊)|眼前(?:一黑|发黑|变黑|一片黑)|什么[都也]看不|看东西(?:模糊|变暗))"
)
_SUDDEN_HAN = r"(?:突然|忽然|突发|骤然?|一下子|猛然|急剧|今[早天晨]|昨[天晚夜]|刚才|刚刚|早上|睡醒|起床|醒来|几?个?小时前|一夜之间|瞬间|短时间)"

_FLAGS: tuple[tuple[str, str], ...] = (
    (
        "urgent.stroke",
        rf"(?:{_SIGHT}|see|blind|double)[^.?!]*\b(?:numb\w*|weak(?:ness)? (?:in|on|of|arm|leg|side)|face (?:droop\w*|is drooping)|slurred|can(?:no|')t (?:speak|talk)|trouble speaking|paralys\w+)"
        rf"|\b(?:numb\w*|slurred speech|face (?:is )?droop\w*|weakness on one side)[^.?!]*(?:{_SIGHT}|see|blind)"
        r"|(?:看不|视力|失明|重影)[^。?!]*(?:麻木|无力|偏瘫|口齿不清|说话不清|嘴歪)|(?:麻木|偏瘫|口齿不清|说话不清|嘴歪)[^。?!]*(?:看不|视力|失明)",
    ),
    (
        "urgent.chemical",
        rf"\b(?:bleach|acid|alkali|lye|cement|lime|plaster|cleaner|cleaning|detergent|chemical\w*|ammonia|solvent|super ?glue|glue|pepper spray|petrol|gasoline|hair dye|alcohol|disinfectant|drain|soap|sanitizer|fertili[sz]er|pesticide)\b[^.?!]{{0,50}}\b{_EYE}\b"
        rf"|\b{_EYE}\b[^.?!]{{0,50}}\b(?:bleach|acid|alkali|lye|cement|ammonia|solvent|super ?glue|pepper spray|detergent|chemical burn|disinfectant|drain cleaner)\b|\bsplash\w*[^.?!]{{0,40}}\b{_EYE}\b"
        r"|(?:化学|强?酸|强?碱|石灰|洗洁精|消毒液|漂白|84|酒精|胶水?|水泥|农药|清洁剂|洁厕|电池液|染发剂|洗衣液|辣椒(?:水|喷雾)|双氧水)[^。?!]{0,14}(?:溅|进|入|弄|喷|滴|到|烧伤)[^。?!]{0,8}眼|眼[^。?!]{0,4}被[^。?!]{0,4}(?:酒精|消毒液|化学|酸|碱|胶水|清洁剂|农药|辣椒)[^。?!]{0,4}(?:溅|喷|烧|弄)|眼[^。?!]{0,10}(?:溅|进|入|沾|喷)[^。?!]{0,6}(?:化学|酸|碱|石灰|洗洁精|消毒液|漂白|84|酒精|胶|水泥|农药|清洁剂|洁厕|药水瓶|辣椒)",
    ),
    (
        "urgent.injury",
        rf"\b(?:hit|punched|struck|poked|stabbed|elbowed|kicked|injur\w+|trauma|pierc\w+|burn(?:t|ed)|scratched|hurt)\b[^.?!]{{0,30}}\b{_EYE}\b(?! (?:strain|exam))"
        rf"|\b{_EYE}\b[^.?!]{{0,25}}\b(?:injur\w+|trauma|was hit|got hit|been hit|punctured|pierced|cut|bleeding after|stabbed|poked|scratched|burn(?:t|ed))\b"
        rf"|\b(?:metal|glass|nail|wire|splinter|firework|ball|stick|branch|shard|grinder|welding)\b[^.?!]{{0,30}}\b{_EYE}\b"
        r"|眼[^。?!]{0,8}(?:外伤|受伤|被[^。?!]{0,6}(?:打|撞|砸|戳|扎|划|刺|烫|炸|踢)|扎|划伤|刺伤|烫伤|烧伤|炸伤|打伤|挫伤|磕)|(?:打|撞|砸|戳|扎|划|刺|磕|踢|烫|炸|弹)(?:到|伤|中|了|进|破)+[^。?!]{0,6}眼|(?:铁屑|玻璃|钉子|铁丝|木屑|烟花|鞭炮|球|异物|碎片)[^。?!]{0,8}(?:进|飞|溅|扎|打|崩|入)[^。?!]{0,6}眼|电焊[^。?!]{0,10}眼",
    ),
    (
        "urgent.detachment",
        r"\b(?:like|see|seeing|have|a|black|dark|grey|gray) (?:a )?(?:black |dark |grey |gray )*(?:curtain|veil)\b(?![^.?!]*\b(?:photo|image))|\b(?:sparkles?|sparks?|streaks?|arcs?) of light\b|\b(?:black|dark) (?:dots|spots|specks)\b[^.?!]{0,15}\bfloating|\bfloating (?:black|dark) (?:dots|spots|specks)"
        rf"|\b(?:curtain|veil|dark shade|shade|shadow)\b[^.?!]{{0,45}}\b(?:{_SIGHT}|{_EYE}|view|see|sight|side|corner|field|down|across|over)\b(?![^.?!]*\b(?:photo|image|picture))"
        rf"|\b(?:see|seeing|have|having|notice\w*|got|get|with|and)\b[^.?!]{{0,25}}\b(?:flashes|flashing lights?|flash of light|flickering lights?|light streaks?|sparks|lightning)\b|\b(?:flashes|flashing lights?|flashes of light|lightning|sparks)\b[^.?!]{{0,30}}\b(?:{_EYE}|{_SIGHT}|floaters|corner|see)\b"
        rf"|\b(?:new|sudden\w*|many|lots of|shower of|lot of|more|increas\w+|dozens of|hundreds of|burst of)\b[^.?!]{{0,20}}\b(?:floaters?|black spots|black dots|specks|cobwebs|spots in my)\b|\bfloaters?\b[^.?!]{{0,25}}\b(?:sudden\w*|new|increas\w+|today|yesterday|more|flash\w*|worse)\b"
        r"|\b(?:i|my)\b[^.?!]{0,20}\b(?:see|have|having|seeing|notice)\b[^.?!]{0,15}\bfloaters\b"
        r"|\b(?:part|half|side|corner) of my (?:vision|sight|visual field|view)\b[^.?!]{0,20}\b(?:missing|gone|dark|black|grey|gray|blocked)"
        r"|幕布|黑幕|(?:像|有|似).{0,6}(?:帘|幕)|(?:黑影|阴影|黑点|黑色?斑点)[^。?!]{0,8}(?:遮|挡|突然|增多|变多|飘|越来越|很多|好多|一片)|(?:突然|出现|有|很多|好多)[^。?!]{0,6}(?:黑影|阴影(?!部分))|遮(?:挡|住)[^。?!]{0,6}(?:视线|视野|眼|一[半角块])?|视野[^。?!]{0,6}(?:缺|遮|挡|少了)|闪光|闪电|火花|(?:突然|很多|大量|好多|增多|变多|新)[^。?!]{0,8}飞蚊|飞蚊[^。?!]{0,8}(?:突然|增多|变多|加重|大量|多了|闪)|(?:我|眼前)[^。?!]{0,8}飞蚊",
    ),
    (
        "urgent.infection",
        rf"\bcontact lens(?:es)?\b[^.?!]*\b(?:red|pain\w*|hurts?|sore|pus|light sensitiv\w+|blurr\w+)\b|\b(?:red|pain\w*|hurts?|pus)\b[^.?!]*\bcontact lens(?:es)?\b"
        r"|\bafter (?:my |the |an? |cataract |eye |laser )*(?:surgery|operation|injection|procedure)\b[^.?!]*\b(?:pain\w*|red|hurts?|worse|blurr\w+|discharge|pus)\b|\bpus\b[^.?!]{0,20}\beyes?\b"
        r"|隐形眼镜[^。?!]*(?:红|痛|疼|脓|畏光)|(?:红|痛|疼|脓)[^。?!]*隐形眼镜|(?:术后|手术后|打针后|注射后)[^。?!]*(?:痛|疼|红|看不|视力下降|脓|模糊)|眼[^。?!]{0,6}(?:流脓|化脓)",
    ),
    (
        "urgent.pain",
        rf"\b{_EYE}\b (?:is|are) killing me|\b(?:severe|terrible|unbearable|intense|excruciating|sharp|bad|worst|extreme|horrible|awful|strong|stabbing|throbbing|sudden)\b[^.?!]{{0,20}}\b(?:{_EYE}[- ]?(?:pain|ache)|pain\b[^.?!]{{0,15}}\b{_EYE})"
        rf"|\b{_EYE}\b[^.?!]{{0,15}}\b(?:hurts?|aches?|painful|pain)\b(?!killer)[^.?!]{{0,12}}\b(?:a lot|badly|so much|terribly|like hell|very|really|severe\w*|unbearabl\w+|too much|red|nausea|vomit\w*|light|vision)|\b(?:really|very|extremely|terribly|so) (?:painful|sore) {_EYE}\b|\b{_EYE}\b (?:is|are) (?:really|very|extremely|so|terribly) (?:painful|sore)"
        rf"|\b{_EYE}\b[^.?!]*\bred\b[^.?!]*\b(?:pain\w*|hurts?|halo\w*|nausea|vomit\w*|blurr\w+|headache|light)\b|\bred\b[^.?!]{{0,20}}\b(?:painful|sore)\b[^.?!]{{0,12}}\b{_EYE}\b|\b(?:painful|aching) red {_EYE}\b|\bpain\w*\b[^.?!]{{0,30}}\bred\b[^.?!]{{0,10}}\b{_EYE}\b|\b(?:halos?|rainbows?)\b[^.?!]*\b(?:pain\w*|nausea|vomit\w*|headache|red|hurts?)\b|\b(?:pain\w*|nausea|vomit\w*|hurts?)\b[^.?!]*\bhalos?\b"
        rf"|\bmy {_EYE} (?:really )?(?:hurts?|aches?)\b(?![^.?!]*\b(?:screen|computer|read\w*|tired|dry|phone|strain|hours of))|\bpain (?:in|behind) my {_EYE}\b(?![^.?!]*\b(?:screen|computer|read\w*|tired|dry))"
        r"|(?:剧烈?|非常|很|特别|极|好|突然)[^。?!]{0,4}(?:眼[睛珠]?[^。?!]{0,2}(?:疼|痛)|(?:疼|痛)[^。?!]{0,4}眼)|眼[睛珠球部]?[^。?!]{0,4}(?:剧烈?|非常|很|特别|突然|好)[^。?!]{0,3}(?:疼|痛|胀)|眼[睛珠]?[^。?!]{0,3}(?:疼|痛)[^。?!]{0,4}(?:厉害|死|难忍|受不了|睁不开|剧烈|不行|要命|恶心|呕吐|头)|(?:眼[^。?!]{0,4}红|红眼)[^。?!]*(?:痛|疼|虹视|恶心|呕吐|视力下降|看不清)|(?:痛|疼)[^。?!]{0,8}(?:眼[^。?!]{0,3}红|虹视|彩虹|光晕)|(?:虹视|彩虹圈|光晕)[^。?!]*(?:痛|疼|恶心|呕吐|红)",
    ),
    (
        "urgent.double",
        rf"\b(?:double vision|seeing double|see double|sees double|two of everything|diplopia)\b|\b(?:drooping|droopy) (?:eye)?lid|\beyelid[^.?!]{{0,15}}droop\w*|\bpupils?\b[^.?!]{{0,25}}\b(?:unequal|different sizes?|bigger|larger|dilated|uneven)\b"
        r"|重影|复视|看东西[^。?!]{0,3}(?:两个|成双|双)|(?:眼皮|眼睑)[^。?!]{0,5}(?:下垂|睁不开|耷拉)|瞳孔[^。?!]{0,5}(?:不等|不一样|一大一小|散大|变大)",
    ),
    ("urgent.vision_loss", rf"{_SUDDEN}[^.?!]{{0,50}}(?:{_LOST})|{_SIGHT}[^.?!]{{0,15}}{_SUDDEN}[^.?!]{{0,25}}(?:blur\w*|gone|dark|black|dim\w*|worse|los[ts]\w*|disappear\w*|drop\w*|fail\w*)|(?:{_LOST})[^.?!]{{0,40}}{_SUDDEN}"),
    (
        "urgent.vision_loss",
        rf"\b(?:i|he|she|my \w+)(?: (?:have|has|had|just|'ve|can|think i|am|is|think i'm|'m))* (?:can't|cannot|can not|couldn't|went|going|gone|lost|losing|lose)\b[^.?!]{{0,25}}\b(?:see\b(?! (?:the|a|any) (?:photo|image|overlay|lesion|ha?em|exud|micro|button|picture|result|answer|point|mask|difference))|blind|{_SIGHT}|sight)\b(?![^.?!]{{0,15}}\b(?:without glasses|far away|at night|in the dark))",
    ),
    ("urgent.vision_loss", rf"{_SUDDEN_HAN}[^。?!]{{0,14}}{_LOST_HAN}|{_LOST_HAN}[^。?!]{{0,8}}{_SUDDEN_HAN}|视力(?:骤|急)降"),
    ("urgent.vision_loss", r"(?:我|他|她|妈|爸|父|母|孩子|奶奶|爷爷|[左右一]只?眼)[^。?!]{0,10}(?:看不见|失明|什么也看不|什么都看不)(?!照片|图|病灶|出血|标|按钮|结果)"),
    (
        "urgent.now",
        rf"(?:wavy|bent|crooked|distorted|warped)[^.?!]{{0,30}}{_SUDDEN}|{_SUDDEN}[^.?!]{{0,30}}(?:wavy|bent|crooked|distorted|warped)|\bblind spot\b[^.?!]{{0,25}}(?:{_SUDDEN}|appeared|new)|{_SIGHT} (?:\w+ ){{0,4}}(?:every|each|by the) (?:day|hour)|{_SUDDEN_HAN}[^。?!]{{0,10}}(?:变形|扭曲|弯曲)|视力一天比一天"
        r"|\b(?:white|glowing|yellow) (?:pupil|reflex|glow)\b[^.?!]*\b(?:child|baby|son|daughter|kid|infant|toddler|eye)|\b(?:child|baby|son|daughter|kid)\b[^.?!]*\bwhite (?:pupil|reflex)|\b(?:temporal|jaw) (?:pain|arteritis|headache)[^.?!]*\b(?:vision|sight|see)\b"
        r"|白瞳|(?:孩子|宝宝|儿子|女儿)[^。?!]*瞳孔[^。?!]{0,4}(?:发白|白色|白)",
    ),
)  # fmt: skip
_COMPILED = tuple((key, re.compile(pattern)) for key, pattern in _FLAGS)
_DENIED_BEFORE = re.compile(
    r"(?:\b(?:no|not|without|never|don't|didn't|doesn't|haven't|hasn't|isn't|aren't|wasn't|nor|neither|any|free of|denies|deny|do not|does not|did not)\b[^.,;:?!]{0,28}|(?:没有?|无|未|不|并非|否认|从未|从不)[^,。;:?!]{0,5})$"
)
_DENIED_INSIDE = re.compile(r"\b(?:no|not|without|isn't|aren't|doesn't|don't|never) (?:\w+ ){0,2}(?:pain\w*|hurt\w*|flash\w*|floaters?|sudden\w*|red|curtain|new|double|severe)\b|(?:没有?|不|无|未)(?:突然|疼|痛|闪光|红|飞蚊|黑影|遮挡|剧烈|看不|失明|重影)")
_LONG_AGO = re.compile(r"\b(?:years|decades) ago\b|\bas a child\b|\bfor (?:many |several |\d+ )?years\b|\bsince (?:birth|childhood)\b|多年|[\d几十]+年(?:前|了)|小时候|从小|一直以来")
_GENERAL = re.compile(
    r"^\W*(?:what|why|which|how|when|can|could|does|do|is|are|will|would|tell|explain|describe|define|list|name)\b|\b(?:meaning|definition|causes?|symptoms?|signs?) of\b"
    r"|什么是|是什么|什么感觉|为什么会?|会不会|有?哪些|的?(?:原因|症状|表现|定义|区别|机制|意思)|如何预防|怎么预防|吗[?]?$|介绍|解释|科普"
)
_HELP = re.compile(r"\b(?:what (?:should|do|can|to)|help|emergency|urgent|should i|now)\b|怎么办|怎么回事|要紧|严重吗|急|该怎么|救")


def red_flag(question: str) -> str | None:
    """Catalogue key of the urgent sentence where the question tells of an emergency, else None."""
    for sentence in re.split(r"(?<=[.?!。;])\s*|\n", _text(question)):
        for key, pattern in _COMPILED:
            match = next((m for m in pattern.finditer(sentence) if _tells(sentence, m)), None)
            if match is not None:
                return key
    return None


def _text(question: str) -> str:
    # an emergency is told in the first words or the last, never after pages of text
    short = question if len(question) <= 4000 else question[:2000] + " \n " + question[-2000:]
    lines = "\n".join(normalise(line) for line in short.splitlines())
    return re.sub(r"\b(ca|do|does|did|is|could|would|have|has)nt\b", r"\1n't", lines)


def _tells(sentence: str, match: re.Match[str]) -> bool:
    before = sentence[: match.start()]
    if _DENIED_BEFORE.search(before) or _DENIED_INSIDE.search(match.group()):
        return False
    if _LONG_AGO.search(sentence):
        return False
    personal = re.search(_SELF, sentence) or _HELP.search(sentence)
    return bool(personal or not _GENERAL.search(sentence))


_DRUG_WORDS = (
    r"(?:eye ?drops?|drops|tablets?|pills?|medicines?|medications?|drugs?|injections?|insulin|metformin|ointment|antibiotics?|"
    r"steroids?|vitamins?|lutein|atropine|timolol|latanoprost|ranibizumab|aflibercept|bevacizumab|lucentis|eylea|avastin|aspirin|painkillers?|ibuprofen)"
)
_DOSE = re.compile(
    rf"\b(?:dose|dosage|dosing|doses)\b|\bhow (?:much|many)\b[^.?!]{{0,30}}\b(?:mg|milligrams?|ml|units?|{_DRUG_WORDS})\b|\bhow (?:often|long|many times)\b[^.?!]{{0,30}}\b(?:take|use|apply|inject|drop|instil\w*)\b|\bhow (?:often|much)\b[^.?!]{{0,30}}\b{_DRUG_WORDS}\b"
    rf"|\b(?:what|which)\b[^.?!]{{0,20}}\b{_DRUG_WORDS}\b[^.?!]{{0,25}}\b(?:should|can|do|to|must|would|for)\b(?! (?:you|they) work)|\b(?:should|can|may|could|must) (?:i|we|he|she|my \w+)\b[^.?!]{{0,20}}\b(?:take|stop|start|use|increase|reduce|skip|double|switch)\b[^.?!]{{0,25}}\b{_DRUG_WORDS}\b|\b(?:prescribe|recommend)\b[^.?!]{{0,20}}\b{_DRUG_WORDS}\b"
    r"|剂量|用量|(?:几|多少)(?:滴|片|毫克|微克|粒|单位|毫升|支|针)|(?:吃|用|服|开|滴|打)(?:点|些|哪些|哪种)?什么(?:药|眼药水|针|好)|(?:什么|哪[种个]|哪些)(?:药|眼药水|滴眼液)|怎么(?:吃|服|用)药|(?:药|眼药水|滴眼液|胰岛素|针)[^。?!]{0,10}(?:几次|多少|多久|怎么用|怎么吃)|(?:一天|每天|每日)[^。?!]{0,6}(?:吃|用|滴|打|服)[^。?!]{0,4}几|(?:能|可以|要不要|该不该|是否)[^。?!]{0,6}(?:停药|加药|减药|换药|停用|吃药)|开(?:点|个|些)药"
)
_THIS = r"(?:my|this|the (?:patient|person|photo|image|eye)|these|his|her|here|i|me|them)"
_UNANSWERABLE: tuple[tuple[str, str], ...] = (
    ("refuse.acuity", rf"\b(?:what|how|is|are|do|does|can|tell|estimate|guess|measure)\b[^.?!]*\b(?:{_THIS})\b[^.?!]{{0,25}}\b(?:visual acuity|eyesight|vision)\b(?! (?:loss|problems?|get))|\b(?:visual acuity|eyesight|vision)\b[^.?!]{{0,20}}\b(?:of|in|from) (?:{_THIS}|both)\b|\bhow (?:well|good|bad|badly|far)\b[^.?!]{{0,20}}\b(?:see|sight|vision)\b|\b20/20\b[^.?!]*\b(?:i|my|me|this)\b|\bdo i (?:have|see) 20/20|[我他她这患][^。?!]{{0,8}}视力(?:是|有|怎么样|如何|好不好|多少|正常吗|好吗)|视力(?:是|有)?多少|(?:看|判断|知道|测)[^。?!]{{0,6}}视力|看得清楚吗"),
    ("refuse.pressure", rf"\b(?:{_THIS})\b[^.?!]{{0,20}}\b(?:eye pressure|intraocular pressure|iop|pressure in)\b|\b(?:eye pressure|intraocular pressure|iop)\b[^.?!]{{0,20}}\b(?:{_THIS})\b|\bpressure (?:in|of) (?:my|this|the) eye|[我他她这患本][^。?!]{{0,10}}眼内?压|眼内?压(?:是|有)?(?:多少|高不高|高吗|正常吗)|(?:看|判断|知道|测)[^。?!]{{0,6}}眼内?压"),
    ("refuse.age", r"\bhow old\b(?! (?:should|must|do you have))|\b(?:what|guess|estimate|tell|predict)\b[^.?!]{0,20}\b(?:age)\b(?![- ]related)(?! (?:should|do|does|is it|can|group))|\byoung or old\b|\b(?:person|patient)'s age\b|(?:多大(?:年龄|岁数|年纪)|[他她我人者谁](?:今年|现在)?(?:有)?多大|几岁|年龄(?:是|多大|多少)|[猜估判看][^。?!]{0,8}(?:年龄|岁数))(?!相关)"),
    ("refuse.gender", r"\b(?:male or female|man or (?:a )?woman|female or male|woman or (?:a )?man|boy or (?:a )?girl|(?:sex|gender) of (?:the|this)|(?:what|which) (?:sex|gender)|(?:person|patient)'s (?:sex|gender)|is (?:this|it|the patient|the person) (?:a )?(?:man|woman|male|female))\b|男(?:性|的)?(?:还是|或)女|女(?:性|的)?还是男|性别|是男是女"),
    ("refuse.sugar", rf"\b(?:what|is|how (?:high|low|much)|can|tell|estimate|guess)\b[^.?!]{{0,30}}\b(?:{_THIS})\b[^.?!]{{0,15}}\b(?:blood (?:sugar|glucose)|hba1c|a1c|glucose)\b(?! (?:affect|cause|control))|\b(?:blood (?:sugar|glucose)|hba1c|a1c)\b[^.?!]{{0,20}}\b(?:from|of|in) (?:{_THIS})\b|[我他她患这][^。?!]{{0,8}}(?:血糖|糖化)(?!.*(?:影响|控制|应该|怎么))|血糖(?:是|有)?(?:多少|高不高|高吗)|(?:看|判断|知道)[^。?!]{{0,6}}血糖"),
    ("refuse.blood_pressure", rf"\b(?:what|is|how (?:high|low)|can|tell|estimate|guess)\b[^.?!]{{0,30}}\b(?:{_THIS})\b[^.?!]{{0,15}}\bblood pressure\b(?! (?:affect|cause))|\bblood pressure\b[^.?!]{{0,20}}\b(?:from|of|in) (?:{_THIS})\b|[我他她患这][^。?!]{{0,8}}血压(?!.*(?:影响|控制|应该|怎么))|血压(?:是|有)?(?:多少|高不高|高吗)|(?:看|判断|知道)[^。?!]{{0,6}}血压"),
    ("refuse.prognosis", r"\b(?:will|would|am|are|going to|gonna|could)\b[^.?!]{0,20}\b(?:i|we|he|she|my \w+)\b[^.?!]{0,20}\b(?:go(?:ing)? blind|become blind|lose (?:my |his |her )?(?:sight|vision|eyesight))|\bhow (?:long|much time)\b[^.?!]{0,25}\b(?:until|before|till)\b[^.?!]{0,20}\b(?:blind|lose)|[我他她][^。?!]{0,6}会(?:不会)?(?:失明|瞎)|会不会(?:失明|瞎)|多久(?:会|就)?(?:失明|瞎)"),
    ("refuse.identity", r"\b(?:who is (?:this|the (?:patient|person))|whose (?:eye|photo|retina|fundus)|(?:name|identity) of (?:the|this) (?:patient|person)|identify (?:the|this) (?:patient|person)|what is (?:the patient's|his|her) name)\b|这是谁|谁的(?:眼|照片|视网膜)|(?:患者|病人|他|她)(?:的名字|叫什么)|身份"),
    ("refuse.refraction", rf"\b(?:glasses|spectacle|lens|contact lens) (?:prescription|power|strength)|\bprescription for (?:my )?glasses|\b(?:diopters?|dioptres?)\b[^.?!]*\b(?:{_THIS})\b|\b(?:{_THIS})\b[^.?!]*\b(?:diopters?|dioptres?)\b|\bhow (?:nearsighted|short-?sighted|myopic|farsighted)\b|\bdo (?:i|we) need glasses\b|(?:多少|几)度(?:近视|的?眼镜)?|近视(?:是|有)?多少|(?:配|需要)[^。?!]{{0,4}}眼镜"),
    ("refuse.duration", r"\b(?:how long|since when)\b[^.?!]{0,15}\b(?:have|has|had|did|was|were|been)\b[^.?!]{0,30}\b(?:i|my|this|he|she|it|they|these|patient|there)\b(?![^.?!]*\b(?:take|use|last|wait)\b)|\bwhen did (?:it|this|the|my)\b[^.?!]{0,25}\b(?:start|begin|develop|appear)|(?:多久了|多长时间了|什么时候(?:开始|出现|得)|得了?多久|病程)"),
)  # fmt: skip
_UNANSWERABLE_RE = tuple((key, re.compile(pattern)) for key, pattern in _UNANSWERABLE)
_NORMS = re.compile(r"\b(?:normal|average|typical|healthy|ideal|should)\b|正常(?:值|范围|的?眼压|的?视力|的?血糖|的?血压|是多少)|应该?(?:控制|是)")


def dose_request(question: str) -> str | None:
    """`refuse.dose` where the question asks for a medicine or how much of it, else None."""
    text = _text(question)
    return "refuse.dose" if _DOSE.search(text) else None


def unanswerable(question: str) -> str | None:
    """Catalogue key for what the question wants to know and a fundus photo cannot tell, else None."""
    text = _text(question)
    if _NORMS.search(text) and not re.search(r"\b(?:my|this|mine)\b|我|这", text):
        return None
    return next((key for key, pattern in _UNANSWERABLE_RE if pattern.search(text)), None)
