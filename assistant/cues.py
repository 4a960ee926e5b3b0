"""The small words that decide what a sentence does with a term: claim, deny, suppose, explain.

Patterns only, English and Chinese side by side, for texts normalised by lexicon.normalise.
"""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


# ---- where a clause ends ----

CLAUSE = _any(
    r"[;。!?]|\.(?=\s|$)",
    r"(?<!not only)(?<!nothing) ?\b(?:but|however|although|though|whereas|while|yet|because|since|therefore|thus|hence|nevertheless)\b(?! for)|, ?which\b",
    r"\s(?:-|–|—)\s",
    r"但是?|不过|然而|因为|由于|所以|因此|虽然|尽管|(?<!反)而(?!是|不|非|且)|而且|并且|同时",
)
JOINT = _any(r",", r"\b(?:and|or)\b", r"以及|且|并(?!非|不|没|无)")
PREDICATE = _any(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|cannot|could|may|might|will|would|should"
    r"|must|shows?|showed|reveals?|contains?|displays?|found|detected|seen|see|suggests?|indicates?|means?"
    r"|appears?|looks?|seems?|causes?|leads?|requires?|needs?|occurs?|there|measured|counted|suspected"
    r"|visible|present|absent|covers?|lie|lies|comes?)\b|n't\b|:",
    r"[有无未没见是为可会不占达]|发现|检出|检测|存在|提示|怀疑|显示|考虑|位于|说明|表明|导致|引起",
)
FRESH = _any(
    r"\s*(?:in |for )?(?:the )?(?:first|second|third|right|left|other|latter|former) (?:photo|image|picture|eye|one)\b",
    r"\s*(?:in )?(?:photo|image|picture) \d|\s*(?:照片|图像?) ?\d|\s*第[一二三四]张|\s*[左右]眼",
    r"\s*(?:no|not|without|neither|none|never|there|\d+|about|only)\b(?![\d.,]*\s*(?:%|px|pixels|dd\b|disc|像素))", r"\s*(?:没有|无|未|不|非|有)")
OPENING = re.compile(
    r"^(?:[-•·>]|\d{1,2}[.)、](?=\s|[^\d])|\(\d\))?\s*"
    r"(?:(?:yes|no|correct|right|sure|of course|exactly|well|ok|okay|indeed|actually|unfortunately|so|"
    r"是的|对的?|不是的?|不|没错|没有|好的|嗯|当然|有的|可以)[,.!。:]\s*)*"
)

# ---- what the sentence is about: this photo, or eyes in general ----

_SHOT = r"(?:photo\w*|image|picture|scan|fundus photo\w*|fundus|fundi|shot)s?"
PHOTO = _any(
    r"^\W*(?:it|this|that) (?:could|may|might)(?: well| also| still)? be\b",
    rf"\b(?:this|that|these|those|the|your|his|her|their|our|my|both|each|either|neither|first|second|third|last|uploaded|current|present|right|left)\b(?: (?!of )[\w-]+){{0,2}} {_SHOT}\b",
    r"\b(?:photo|image|picture|eye) (?:no\.? ?|number |#)?\d",
    r"\b(?:this|that|these|both|either|neither|patient's|the (?:right|left)|the other|the (?:imaged|examined|photographed)) (?:\w+ )?(?:eyes?|retinas?|patient|person|case)\b",
    r"\bhere\b,?(?: (?:we|you|i|one|there|it|is|are))|\b(?:seen|visible|found|present|shown|detected|displayed) here\b",
    r"\b(?:i|we) (?:can |could |do |did |also |clearly |only |still |would say |think |believe )*(?:not |n't )?(?:see|saw|find|found|detect|detected|observe[d]?|notice[d]?|count|counted|measure[d]?|identif\w+|spot|spotted|suspect|note[d]?|have found|have detected|recognise|recognize)\b",
    r"\b(?:i|we) (?:don't|didn't|cannot|can't|couldn't|do not|did not|cannot|could not) (?:see|find|detect|observe|notice|identify|spot|recogni[sz]e)\b",
    r"\b(?:one|you) can (?:clearly |also )?(?:see|make out|notice|find|spot|recogni[sz]e)\b|\bthe eye (?:has (?:no|neither|some|many|several|a few|\d)|shows|contains|lacks)\b|\b(?:these|such) (?:findings|results|changes|features|measurements|lesions)\b",
    r"\bthe (?:\w+ )?(?:model|classifier|segmenter|segmentation|system|software|algorithm|measurements?|analysis|findings?|results?|ai|network|detector|patient|test results?|photograph)\b",
    r"这(?:张|幅|个|只|里|是|些)|该(?:图|照片|影像|眼|患者|病人|例|图像)|此(?:图|照片|眼|例)|本(?:图|片|照片|眼|例|次|张|图像)|[图片像眼](?:中|上|里)(?!心|央)|(?:图像|照片|影像|图片|眼底照)(?:显示|质量|提示|可见|是|为|中|内|未|没)",
    r"右眼|左眼|双眼|眼底(?:可见|有|未见|显示)|模型|本?系统|分类器|算法|测量(?:结果|到|显示|发现|共)|测得|检测(?:到|结果|出|显示)|分割结果|分析(?:结果|显示)|结果(?:显示|提示|表明)|[我](?:们)?(?:可以|能|只|还|也)*(?:看到|看见|发现|检测|观察|认为|没|未|数)|可以看到|能看到|图\s?\d|(?:主要)?发现(?:包括|有|了|:)|所见(?:为|包括|:)|第[一二三四\d](?:张|幅)|两张",
)
# "it is ..." may point to the photo or go on explaining
IT = re.compile(
    r"\b(?:it|this) (?:is|shows?|reveals?|has|contains|suggests?|indicates|looks|appears|seems|could be|may be|might be)\b(?= (?:\w+ ){0,4}(?:a |an |the )?)(?! (?:called|known|defined|important|possible|recommended|because|when|usually|caused|best|good|necessary|common))"
)
PERSON = _any(
    r"\b(?:your|his|her|their|my) (?:\w+ )?(?:eyes?(?! (?:care|doctor|drops?|exam\w*|clinic|specialist|test|professional|health|check))|retinas?|fundus|macula|disc|findings?|results?|grade|condition|diagnosis|case|report|haemorrhages|hemorrhages|exudates|microaneurysms|lesions|glaucoma|cataracts?|retinopathy|diabetic|disease|moderate|mild|severe|npdr|dr)\b",
    r"\byou(?:'ve| (?:do |also |definitely |certainly |clearly |probably |likely |already |really )?(?:have|are|may have|might have|could have|suffer|show|likely have|probably have|seem to have|appear to have|do not have|don't have|had))\b",
    r"\b(?:s?he|the patient|this person) (?:has|have|suffers|shows|does)\b",
    r"[您你](?:的|有|患|得|可能|或许|应该是|没|未|并|目前|现在|这|确|也|属|是|不|的?[右左]?眼)",
)
HYPOTHETIC = _any(
    r"\bwould\b(?! (?:say|estimate|guess|think|call|judge|describe|conclude))|\bwere to\b|\bhad there been\b|\bimagine\b|\bsuppos\w+\b|\bhypothetic\w+",
    r"假[如设使]|倘若|如果|要是|万一|设想",
)
# the sentence states a definition
RULE = re.compile(
    r"^\W*(?:the )?(?:icdr |grading )?(?:rules?|criteri\w+|definitions?)\b|^\W*(?:分级)?(?:依据|标准|定义)"
    r"|^\W*(?:icdr )?(?:grade|stage|level) [0-4](?: \w+| ?\([^)]*\)|, [\w -]+,?)? (?:is|means|requires|follows|covers|stands|has|needs)\b"
    r"(?! (?:suggested|likely|suspected|found|given|what|most|probable|correct|right|assigned|the (?:grade|result)|a probab))"
    r"|^\W*(?:icdr)?\s?[0-4]级(?:\([^)]*\))?(?:为|是|指|表示|:|要求|按|即)|从[0-4]级?[^,。;]{0,12}到"
)
CONDITION = _any(
    r"\b(?:if|whether|unless|until|in case|once|provided|as long as|should there|were there|when|whenever|regardless of)\b"
    r"(?! (?:(?:you|we|i|one) )?(?:can |could )?(?:look|zoom|view|analy|measur|examin|compar|assess|checking|reading))[^,;。]*",
    r"(?:如果|假如|假设|倘若|要是|一旦|万一|若|当(?!前|然|下)|是否|会不会|有没有|有无|无论|不管)[^,;。]*",
)
# the term itself is explained, so even "your eye" in the same clause makes no claim
EXPLAINS_AFTER = re.compile(
    r"^(?:\w* ?\([^)]*\))?(?: (?:often|usually|typically|generally|also|commonly|sometimes|then|itself|alone))*"
    r" (?:(?:can|may|might|could|will)\b(?: \w+ly| often| also| usually)*(?! (?:be|have been) (?:\w+ )?(?:seen|found|detected|visible|present|suspected|identified|measured|located|counted|observed))"
    r"|(?:causes?|damages?|affects?|harms?|leads?|develops?|occurs?|arises?|results?|means?|refers?|happens?|tends?|suggests?|indicates?|reflects?|signals?|represents?|points? to)\b"
    r"|(?:is|are) (?:a|an|one of|the (?:leading|most|main|result|name|term|earliest|first|clouding|loss)|caused|defined|called|known|treated|common|usually|often|typically|generally|small|tiny|lipid|fatty|deposits|bulges|leaks|areas|due|also (?:called|known)|graded (?:by|on|from)|diagnosed|characteri[sz]ed|classified|formed|made)\b)"
    r"|^(?:\([^)]*\))?(?:通常|一般|往往|常常?|多数?|大多|也|都|主要|其实)*(?:是(?!存在|有|阳性|阴性|可疑|否|不|怀疑|明显|轻|中度|重|增殖|\d|[最很可])|指|即|由|因|可(?:以|能)?(?:导致|引起|出现|表现|发展|造成|损|会|伴|见于)|会|常见|多见|往往|容易|属于一|分为|包括|意味|提示|反映|表明|说明|代表|导致|引起|造成|损害|影响|发生|的(?:定义|症状|原因|标准|治疗|危险|预防|成因|特点|表现|含义|意思))"
)
GENERAL = _any(
    r"\b(?:usually|often|typically|generally|commonly|normally|sometimes|frequently|in general|rarely|always|mostly)\b",
    r"\b(?:can|may|might|could|must)\b",
    r"(?<!there )\b(?:is|are) (?:a|an|one of|called|known|defined|caused|due to|characteri[sz]ed|classified|graded (?:by|on|from)|treated|diagnosed|used|important|common|more common|small|tiny|lipid|fatty)\b",
    r"\b(?:an?|the|one of the)(?: (?:common|early|earliest|visible|typical|known|first|main|leading|most|frequent|classic|important|serious|late|rare|possible|usual|clinical))* (?:signs?|symptoms?|features?|forms?|causes?|complications?|hallmarks?|types?|kinds?|markers?) of\b|\bor (?:worse|higher|more severe|above)\b|\b(?:decides?|determines?)\b",
    r"\b(?:refers? to|means?|defined as|known as|known for|caused by|results? (?:from|in)|leads? to|occurs?|develops?|affects?|damages?|causes?|consists?|tends? to|depends?|varies|ranges?)\b",
    r"\b(?:people|persons?|babies|researchers|scientists|americans|a patient|someone's|all cases|of all|patients|individuals|anyone|someone|persons|adults|children|diabetics|everyone|those who|many)\b(?! +(?:\u2026|ha?em|exud|micro|lesion|cotton|hard|soft|small|red|of the))",
    r"\b(?:types?|stages?|forms?|kinds?|definition|causes|symptoms?|risk factors?|treatments?|complications?|examples?|prevalence|cure|prevention|criteria|classification|guidelines?|scale|rule) (?:of|for|include|are|is|says|requires|in)\b",
    r"\b(?:seen|found|present|common|visible|occur\w*|appear\w*|used|happens?|detected) (?:in|with|by|during|through) (?!(?:this|the (?:photo|image|picture|right|left|measure|model|class|seg|sys|analy)|your|photo|image|both|either|it\b|his|her|that|the (?:upper|lower|superior|inferior|temporal|nasal|central|peripher\w*|left|right|centre|center|top|bottom)))",
    r"\b(?:requires?|needs?|such as|for example|e\.g\.|according to the (?:icdr|scale|international|guideline)|studies|research|associated with|related to|these resources|disorder|syndrome|(?:in|of|from|with|than|like) (?:a|the) (?:normal|healthy)|every year|worldwide|in each (?:of )?|each quadrant|four quadrants|4 quadrants)\b",
    r"\bin (?:mild|moderate|severe|proliferative|non-?proliferative|advanced|early|late|diabetic|diabetes|hypertensi\w+|glaucoma|these cases|most|many|some)\b",
    r"通常|一般|往往|常见|常常|多见|容易|是一种|是指|指的是|称为|叫做?|定义|可(?:导致|引起|出现|表现|发展|造成|损|伴|见于|以|分)|会(?:导致|引起|出现|发展|造成|损|使|影响)|可能(?:会|导致|引起|发展|造成|出现|提示)|常提示|决定|还是|正常的?(?:视网膜|眼底|眼睛?|人)(?:没有|无|应|不|是)|及以上|(?:病变|病|障)时",
    r"(?<![该此,。、])[\u4e00-\u9fff](?:患者|病人)|(?:患者|病人)(?:应|需|可|通常|一般|往往|常|中|群|多)|人群|糖友|人们|很多人|的人|属于[^,。;]{0,8}(?:疾病|并发症|类)|由[^,]{1,12}(?:引起|导致)|引起|导致|(?<![评得积])分为|包括|例如|比如|意味着|代表|标准|指南|每个象限|四个象限|各象限|需要|应当?|必须|早期(?:表现|症状)|症状|特点|见于|之一|的[^,。;]{0,4}(?:表现|体征|特征|标志|并发症|征兆|信号|前兆)",
)  # fmt: skip

# ---- asserting without naming the photo ----

EXISTS_BEFORE = _any(
    r"\bthere (?:is|are|was|were|(?:do(?:es)?(?: not|n't) )?(?:seem|appear)s? to be|may be|might be|could be|'s)(?: (?!no\b (?:cure|treatment|way|need|test))(?:\w|-)+,?){0,6}\s*$",
    r"\b(?:shows?|showing|showed|reveals?|revealed|displays?|contains?|demonstrates?|suggests?|suggesting|suggestive of|consistent with|compatible with|suspicious (?:for|of)|suspicion (?:of|for)|evidence of|signs? of|presence of|impression:?|diagnosis:?|suspected:?|found:?|detected:?|identified:?|seen:?|observed:?|noted:?|counted|measured|visible:?|present:|absent:|likely|probable|possible|uncertain:?|points? to|indicative of|typical of|characteristic of|fits?|match(?:es)?|in keeping with|confirmed|absence of|graded?(?: as)?)(?: (?:[\w'-]|,(?= ))+){0,4}[:\s]*$",
    r"\b(?:several|many|multiple|numerous|scattered|few|a few|single|\d+)(?: (?:small|large|tiny|dark|visible|present|detected|measured|hard|soft|retinal|scattered|isolated|candidate|individual|separate|definite|lower|upper|red|bright)){0,3} $",
    r"\b(?:disease|condition)\b(?: [\w']+){0,4} $",
    r"\b(?:grade|severity|stage|level|icdr|graded|grading|retinopathy|npdr|dr)\b(?: [\w']+){0,4}[ :=(,]*$|(?:分级|级别|等级|程度|分期|icdr|病变)[^,。;]{0,8}$",
    r"(?:有|见|发现|检出|检测到|测得|存在|提示|怀疑|疑似?|可疑:?|显示|考虑|未见|没有|无|符合|支持|出现|伴有?|共|为|是|可能|不像|疑有|数出|看到|评为|判为|属于|约?\d+ ?[处个枚](?:候选)?的?)(?:[^,。;]{0,10})[:\s]*$",
)
EXISTS_AFTER = re.compile(
    r"^[\w\s()%,-]{0,25}?(?:\b(?:is|are|was|were|has been|have been|remains?|seems?|appears?|looks?)(?:n't)?\b(?: (?:to be|not|also|clearly|both|all|still|currently|very|quite|highly|rather|only|probably|likely|considered|n't|most|the|a|as))*"
    r" (?:present|absent|visible|seen|found|detected|identified|suspected|likely|unlikely|noted|observed|evident|confirmed|counted|measured|located|scattered|clustered|concentrated|spread|distributed|grouped|limited|confined|there|possible|probable|uncertain|borderline|mild|moderate|severe|excluded|ruled out|indicated|suggested|low|high|below|above|numerous|many|few|\d+|apparent|negative|positive|out of the question|advanced|early|established|active|stable|in|at|on|near|far|away|around|close|along|within|(?!including|having|being|according)\w{3,}ing)\b"
    r"|(?:has|have|carries) (?:an? )?(?:very |quite |rather )?(?:high|low|small|large) (?:probability|likelihood|chance|risk)|cover|covers|number|total|lies? (?:in|near|at|around|close|above|below|within|outside|along|mostly|mainly)\b(?! the (?:nerve|deep|inner|outer|superficial))|measure)"
    r"|^\s*(?:count|number|grade|level|severity)?\s*[:=(]"
    r"|^(?:[、和与及或][^,。;]{1,12})?(?:\([^)]*\))?(?:均|都|也|共|约|有|为|主要|大多数?|大部分|多|在[^,。;]{1,6}(?=附近|周围|旁|区|部|方|侧)|的?(?:数量|个数|计数|总数|概率|可能性|面积|程度|分级|风险|证据|迹象|征象))*(?::|可见|存在|未见|未发现|没有|阳性|阴性|不存在|被?检出|被?检测到|未检|不明显|不?怀疑|低于|高于|较?[高低大小]|很[高低大小]|不[大高]|共?\d+|不?太?可能|排除|无|有\d|约\d|占|位于|靠近|接近|邻近|累及|集中|散在|分布|附近|周围|旁|为[轻中重增])"
)  # fmt: skip
# "this is a case of ..." says what this is
NAMES_BEFORE = re.compile(
    r"^\W*(?:so |and |but |clearly |overall,? )?(?:this|it|that)(?: is| was| looks like| seems(?: to be)?| appears to be| shows| suggests| has| could be| may be| might be|'s|(?= $))"
    r"(?: (?:an?|the|clearly|probably|likely|most|indeed|typical|classic|clear|definite|early|suspected|cases?|signs?|evidence|picture|photo|example|of|with|not|no|consistent|some|really|very|\w+ly))*\s*$"
)
# the clause ends with what was seen: "a membrane can be seen."
SEEN_AFTER = re.compile(
    r"^ (?:can|could)(?: not|n't)?(?: \w+ly| also)? be (?:seen|observed|detected|found|made out|identified|noted)(?: here| clearly| as well| too)?\W*$"
)
VERB = _any(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|cannot|could|may|might|will|would|should"
    r"|must|causes?|occurs?|leads?|needs?|requires?|forms?|leaks?|looks?|appears?|means?|develops?"
    r"|damages?|affects?|arises?|comes?|happens?|increases?|threatens?|indicates?|suggests?|shows?"
    r"|makes?|helps?|protects?|prevents?|reduces?|treats?|uses?|includes?|starts?|begins?|gets?|tells?|ask|see|talk"
    r"|describes?|depends?|lies?|remains?|worsens?|progress\w*|refers?|screen\w*|call|control\w*|lowers?|keeps?|gives?|take|"
    r"learn|read|know|explain\w*|discuss\w*|monitor\w*|understand\w*|let|please|consult|contact|upload)\b|n't\b",
    r"[是会能可应需将让使]|导致|引起|造成|表现|(?<![正异])常|指|请|建议|控制|预防|治疗|影响|发展|包括|分为|属于|定期|筛查|了解|说明|解释",
)

# ---- terms that are named without being claimed ----

NAMED_BEFORE = _any(
    r"\b(?:screen\w*|check\w*|test\w*|examin\w*|monitor\w*|watch\w*|look(?:s|ed|ing)?|assess\w*|evaluat\w*|search\w*|exclude|rule out|distinguish\w*)(?: \w+){0,5} (?:for|of|from|against)(?: \w+){0,2} $",
    r"(?<!high )(?<!higher )\brisk(?: factors?)? (?:of|for)(?: \w+){0,3} $|\b(?:prevent|avoid|treat|manag|cur|reduc|delay|slow|(?<=to )detect|(?<=early )detect|(?<=can )detect)(?:s|ed|ing|e|es|ment|ments|ion)?(?: (?:of|for|the|or|early|any|from|getting|having|developing|new))* $",
    r"\b(?:progress|advanc|worsen|develop|turn|evolv|lead|result|transition|chang|mov)\w*(?: \w+)? (?:to|into|in|from)(?: \w+){0,3} $|\b(?:develop|developing|cause|causes|causing|get|getting|become|becoming|mimic|resemble)(?: (?:new|more|a|an|the|severe|any|of))* $",
    r"\b(?:types?|stages?|forms?|kinds?|definition|meaning|examples?|causes?|symptoms?|treatments?|complications?|features?|term|word|threshold|probability|likelihood|chance|score|confidence|percentage|odds|group|feature|hallmark|picture|grades?|count|number|area) (?:of|for|that)(?: (?:having|the|a|an|any))* $",
    r"\b(?:know|ask|asked|asking|questions?|inform\w*|talk|learn|tell|more|information|anything|read|worry|worried|concerned|explain) (?:about|regarding|on)(?: \w+){0,2} $|\b(?:than|versus|vs\.?|unlike|compared (?:with|to)|between|explain|describe|mention\w*|discuss|define|what|which|how|why)(?: (?:a|an|the|just|only|simple))* $",
    r"\b(?:protect|save|keep|guard)s?\b[^,;]* (?:from|against) $|^\W*(?:in|during) (?:\w+ ){0,1}$",
    r"\b(?:does not|doesn't|do not|don't) (?:necessarily )?mean (?:that )?(?:\w+ ){0,4}$|\bnot necessarily(?: \w+){0,2} $|\b(?:as|like) $(?<!graded as )(?<!such as )(?<!looks like )",
    r"\b(?:cannot|can't|can not|could not|unable to|not able to|difficult to|impossible to|hard to|not possible to|never) (?:be )?(?:safely |reliably |fully )?(?:exclude|rule out|judge|assess|determine|tell|measure|evaluate|diagnose|confirm|grade|say|know|give|answer|check for|look for|test for|ruled out|excluded)(?: \w+){0,6} $",
    r"(?:筛查|检查|排查|监测|随访|预防|避免|防止|治疗|进展[为到成至]|发展[为成到至]|变成|恶化[为成]|导致|引起|引发|造成|诱发|转为|关于|了解|称为|叫做?|所谓|比如|例如|区分|鉴别|比|定义|解释|说明|注意|警惕|无法(?:判断|评估|确定|排除|测量|诊断|识别|给出|确认|看出|得出|提供)|不能(?:判断|评估|确定|排除|测量|诊断|识别|确认|看出)|难以(?:判断|评估|确定|排除)|不(?:等于|意味着)|不代表)(?:(?!未|没|无|有|见|发现)[^,。;]){0,6}$",
)  # fmt: skip
NAMED_AFTER = re.compile(
    r"^(?:'s)? (?:screening|treatment|patients?|probabilit\w+|scores?|thresholds?|surgery|tests?|testing|specialist|risk|progression|scale|severity|grades?|grading|classification|medication|drops|count|counts|area|detection|model|assessment|care|prevention|research|symptoms?|measurement|analysis|findings)\b|^[^,;]{0,30}\b(?:unknown|not known|be missed|be overlooked)\b|^[^,。;]{0,6}(?:未知|不明|漏)|^ or (?:higher|worse|above|more|greater)\b|^ (?:and|to) (?:[0-4]|above|higher)\b|^级?(?:及|或)?以上|^(?:或|及)更[高重]"
    r"|^(?:时|期间|的时候|早期|晚期)|^的?(?:概率|可能性|风险|筛查|治疗|检查|预防|症状|原因|定义|标准|阈值|分期|分级|患者|得分|评分|病人|并发症|成因|数量|面积|个数|程度|进展|手术|意思|含义|关系)"
    r"|^ (?:cannot|can't|can not|could not|couldn't) be (?:\w+ly )?(?:excluded|ruled out|judged|assessed|determined|told|measured|evaluated|diagnosed|confirmed|graded|known|seen from|given|answered)"
    r"|^ (?:(?:is|are|was|were|has|have)(?: not|n't)(?: been)?) (?:measured|assessed|checked|examined|evaluated|looked for|part of|among|within|something|covered|tested|determined)"
    r"|^[^,。;]{0,4}(?:无法|不能|难以)(?:判断|评估|确定|排除|测量|诊断|识别|给出|确认|看出)|^[^,。;]{0,4}(?:没有|未|未能|未被)(?:测量|评估|检查|分析|判断|包括|包含)|^[^,。;]{0,4}不在[^,。;]{0,10}(?:范围|词汇|之内|内)"
)
EXCEPTED = _any(r"\b(?:other than|apart from|except(?:ing)?(?: for)?|besides|in addition to|aside from|beyond)\b", r"(?<![排清消去])除了?(?!外)|除去|另外")

# ---- denial ----

_FILL = r"(?:[\w'/%.-]+[\s,()]+)"
_HALT = (
    r"treatment|need|needs|reason|cure|way|test|doubt|change|longer|matter|difference|only|just|more|fewer|less|"
    r"worse|better|than|because|that|but|affect|affects|mean|means|cause|worry|except|apart|beyond|besides|necessarily|"
    r"enough|sure|certain|to rule|exclude|symptoms?|pain|surprise|wonder|problem|if|is|are|was|were|has|have|measured|"
    r"with|due|for|from"
)
DENIED_BEFORE = _any(
    rf"\b(?:no|without|zero|neither|nor|absence of|lack of|lacks?|lacking|free (?:of|from)|clear of|negative for|none of|never|nothing (?:like|suggests|indicates|points to)|rul(?:es?|ed|ing) out|exclud(?:es?|ed|ing)|absent:?|unlikely:|not (?:suspected|found|seen|detected|present|visible|observed|identified):|devoid of)\s+(?:(?!(?:{_HALT})\b){_FILL}){{0,12}}(?:[\w'-]+[- ])?$",
    rf"\b(?:absent|unlikely|none|not (?:suspected|found|seen|detected|present|visible|observed)):\s*{_FILL}*$",
    rf"(?:\b(?:not|cannot|never)|n't)\s+(?:(?!(?:{_HALT.replace('|is|are|was|were|has|have', '').replace('|from', '')})\b){_FILL}){{0,9}}$",
    r"\b(?:fails?|failed) to (?:show|reveal|find|detect)(?: \w+){0,4} $|\b(?:rather than|instead of|below|less than|short of)(?: \w+){0,2} $|\bnot $",
    r"(?:未见|未发现|未检出|未检测(?:到|出)|未测(?:到|得)|未提示|未显示|未观察到|未看到|未怀疑|未出现|未达到?|没有|没见|没发现|没看到|没检[测出]到?|[没未]能(?:发现|看到|检出|检测到|找到)|没有?找到|找不到|[并]?不认为|看不[到出]|见不到|并无|无(?![法论需关意])|不存在|不怀疑|不考虑|不支持|不提示|不是|并非|排除|不像|不属于|缺乏|缺少|而非|不患|不具|不符合|不含|不伴|没(?=患|得)|不(?=太?可能))(?:(?!但|因|所以|只|仅|需要|必要|影响|改变|变化|意味|关系|其他症状)[^,。;]){0,16}$",
    r"(?:未见|未发现|未检出|没有|无|不怀疑|不存在)(?::[^。;]*|(?:(?!但|有|是|见|为|检)[^。;]){0,30}[,、(]\s*)[^,。;有见是为]{0,8}$",
)  # fmt: skip
DENIED_AFTER = re.compile(
    r"^(?:\s*(?:,|/|、|and|or|nor|[和或及与]|以及|\([^()]*\))\s*(?:[a-z0-9'-]+(?: [a-z0-9'-]+){0,3}|[\u4e00-\u9fff]{1,9}?)?){0,9}?\s*(?:"
    r"(?:(?:is|are|was|were|has been|have been|has|have|had|do|does|did|could|can|would)(?:n't| not| never)(?: (?:been|be|clearly|currently|really|at all|to be|appear|seem|considered))*(?: (?:present|seen|found|detected|visible|suspected|identified|observed|noted|evident|likely|there|shown|indicated|supported|apparent|confirmed|exist|appear|in|one of|a (?:concern|finding)|found)\b|(?=\W*$)))"
    r"|(?:is|are|was|were|seems?|appears?|looks?|remains?)(?: \w+ly| very| quite| rather| considered| both| all| also| to be| most| only)* (?:absent|unlikely|improbable|ruled out|excluded|negative|below|missing|nonexistent|low|out of the question|less likely|nowhere)\b"
    r"|[:=-] ?(?:no|none|absent|not (?:present|found|detected|seen|suspected|visible|observed)|negative|nil|unlikely|无|未见|没有|阴性|否|不怀疑|未检出|未发现)(?![a-z])(?! \d)"
    r"|\((?:absent|none|no|not (?:present|found|detected|seen|suspected)|unlikely|不怀疑|未见|无)\b"
    r"|(?:has|have|carries) (?:an? )?(?:very |quite |rather )?(?:low|small) (?:probability|likelihood|chance|risk)|falls? below|(?:probability|score|likelihood)?[ ,(]*\d+(?:\.\d+)?%?,? (?:not suspected|below)"
    r"|(?:均|都|也|并|目前|在[^,。;]{1,6}中?|的?(?:证据|迹象|征象|表现|可能性?|概率|风险))*(?:\([^)]*\))?(?:未见|未发现|未检出|未检测到|没有(?:被?发现|看到|检测到|检出|出现)?(?=\W*$)|没有(?:被?发现|看到|检测到|检出|出现)|不存在|(?:为|呈)阴性|阴性|缺如|不?明显不|(?:可能性|概率|风险)?(?:不大|不高|很?低|较低|很?小|较小)|不太?可能|不像|被?排除|低于|未达|未超过|不怀疑|不考虑|未怀疑|(?:未|没有|不)被?(?:发现|检出|检测到|看到|怀疑|考虑)|不支持)"
    r")"
)  # fmt: skip
PER_QUADRANT = _any(r"(?:each|every|per|all) (?:of the )?(?:four |4 )?quadrants?", r"[每各四]个?象限")
HEDGE = _any(
    r"\b(?:may|might|could|possib\w+|perhaps|borderline|uncertain|unclear|maybe|cannot be (?:ruled out|excluded)|not certain)\b",
    r"可能|或许|不确定|边缘|临界|也许|不能排除",
)
UNSURE = _any(r"\b(?:uncertain|borderline|unclear|undecided|near (?:the|its) threshold)\b", r"不确定|临界|接近阈值|边缘")
REPORTED = _any(
    r"\b(?:you|the user|they) (?:\w+ )?(?:said|mentioned|asked|claimed|wrote|stated|think|thought|assumed|asking)\b",
    r"[您你](?:刚才|之前|所)?(?:说|提到|问|认为|觉得|以为|写)",
)
CORRECTS = _any(r"\b(?:but|however|actually|in fact|yet|instead|although)\b", r"但|不过|然而|实际|其实")
QUESTION = _any(
    r"^(?:\W*(?:and|so|but|or|also|then),? )?(?:do|does|did|is|are|was|were|have|has|can|could|would|will|should|may|what|which|who|where|when|why|how|shall|would)\b",
    r"吗|是否|什么|多少|[哪怎几呢谁]|是不是|有没有|能不能|要不要|有无|会不会|为何",
)
PLACE = _any(
    r"\b(?P<ST>supero-?temporal|superior[- ]temporal|upper temporal|temporal superior)",
    r"\b(?P<SN>supero-?nasal|superior[- ]nasal|upper nasal)",
    r"\b(?P<IT>infero-?temporal|inferior[- ]temporal|lower temporal)",
    r"\b(?P<IN>infero-?nasal|inferior[- ]nasal|lower nasal)",
    r"\b(?P<S>superior(?:ly)?|upper|top)\b", r"\b(?P<I>inferior(?:ly)?|lower(?! than| your| the| blood| risk)|bottom)\b",
    r"\b(?P<T>temporal(?:ly)?)\b", r"\b(?P<N>nasal(?:ly)?)\b",
    r"(?P<near>\b(?:near|around|close to|next to|at|within|in|involving|involve|threaten\w*|towards?) (?:the |your )?(?:centre|center|central|fovea|macula\w*|foveal)\b|\bmacular (?:region|area)\b|\bcentrally\b)",
    r"(?P<far>\b(?:away|far|outside|distant) (?:from )?(?:the |your )?(?:fovea|macula|centre|center)\b)",
    r"(?P<other>\b(?:near|around|close to|next to|at|along|beside|on) (?:the |your )?(?:optic|disc|nerve|disk|vessels?|arcades?|vein|artery)\b|\bperipher\w+|\b(?:left|right) (?:side|half|part)\b|\b(?:all (?:four |4 )?|each |four |one |two |three )quadrants?\b|posterior pole)",
    r"(?P<STz>颞上)|(?P<SNz>鼻上)|(?P<ITz>颞下)|(?P<INz>鼻下)|(?P<Sz>上(?:方|半|部))|(?P<Iz>下(?:方|半|部))|(?P<Tz>颞侧)|(?P<Nz>鼻侧)",
    r"(?P<nearz>(?:靠近|接近|邻近|位于|累及|在|围绕)?(?:黄斑|中心凹|中央)(?:区|附近|周围|部|中心)|(?:靠近|接近|邻近|累及)(?:黄斑|中心凹))",
    r"(?P<farz>远离(?:黄斑|中心凹))|(?P<otherz>视(?:盘|乳头)(?:周围|附近|旁|边)|周边部|后极部|(?:四|各|每)个?象限|血管弓)",
)  # fmt: skip
