"""Questions as people write them, with a photo in focus; a line is a question."""

GENERAL = {
    "en": """
Can diabetic retinopathy be cured?
is diabetic retinopathy reversible
Is glaucoma hereditary?
does glaucoma run in families
What does 4-2-1 mean?
What is the 4-2-1 rule?
What is a microaneurysm?
what are cotton wool spots
whats glaucoma exactly
Explain macular degeneration.
What causes hard exudates?
How is wet AMD treated?
how do they treat a detached retina
Which symptoms does a cataract give?
What are the early signs of retinal detachment?
What happens if glaucoma is left untreated?
Can you go blind from diabetes?
Is cataract surgery dangerous?
how often should diabetics have their eyes checked
What is the difference between hard and soft exudates?
dry vs wet AMD
Who gets angle closure?
How can one prevent diabetic retinopathy?
Do vitamins help against macular degeneration?
How does an OCT work?
what is fluorescein angiography used for
Why does high blood sugar damage the retina?
Can people with glaucoma drive?
What is the macula?
What does the optic disc do?
prognosis of branch retinal vein occlusion?
treatment of keratoconus
Is conjunctivitis contagious?
How is diabetic retinopathy graded?
Tell me about drusen.
What is a normal cup-to-disc ratio in healthy adults, in general?
Does smoking cause macular degeneration?
when do babies need to be screened for retinopathy of prematurity
My mother was told she has glaucoma. Is it hereditary?
What lifestyle changes slow down myopia in children?
Can macular oedema go away on its own?
how long does recovery take after cataract surgery
What do doctors mean by neovascularisation?
Are floaters dangerous?
What tests are there for glaucoma?
Is laser used for diabetic macular oedema?
can dry eye be cured
How common is pathologic myopia?
Why do haemorrhages in the retina come from diabetes?
What does the term ischaemia mean?
Can glaucoma be mistaken for something else?
what is anti-vegf
does high blood pressure cause bleeding in the retina
risk factors for AMD
How do eye drops for glaucoma work?
What other diseases cause cotton wool spots?
How would you recognise an epiretinal membrane?
Is a retinal vein occlusion painful?
what is pterygium and does it come back
Are microaneurysms the first sign of diabetic retinopathy?
How can I protect my eyes if I have diabetes?
Does a lazy eye get better in adults?
what is amblyopia
How is glaucoma found?
""",
    "zh": """
糖尿病视网膜病变能治好吗
青光眼会遗传吗
视网膜脱离有哪些先兆
什么是微动脉瘤
微动脉瘤是什么
棉绒斑是什么意思
硬性渗出是怎么形成的
白内障怎么治
白内障手术有什么风险
黄斑变性有什么症状
青光眼的症状有哪些
得青光眼的原因是什么
什么是4-2-1规则
糖网是怎么引起的
糖网怎么预防
糖尿病人多久查一次眼底
高血压会引起眼底出血吗
湿性黄斑变性和干性黄斑变性有什么区别
硬性渗出和软性渗出有什么不同
青光眼不治会怎么样，会失明吗
青光眼怎么诊断
青光眼要做哪些检查才能确诊
飞蚊症是怎么回事
干眼症能根治吗
近视可以治愈吗
高度近视要注意什么
黄斑水肿的治疗方法有哪些
黄斑水肿打针有用吗
视网膜静脉阻塞的预后怎么样
结膜炎会传染吗
OCT检查的原理是什么
荧光造影是做什么用的
黄斑是什么，有什么作用
视盘的作用是什么
哪些人容易得青光眼
吸烟会导致黄斑变性吗
叶黄素能预防黄斑变性吗
糖网分几期
糖尿病视网膜病变怎么分期
国际分级标准里重度是怎么定义的，什么是重度糖网
解释一下新生血管
早产儿视网膜病变什么时候筛查
圆锥角膜怎么治疗
翼状胬肉术后会复发吗
弱视成年人还能治吗
眼压正常范围是多少
视网膜前膜一定要手术吗
为什么糖尿病会伤眼睛
激光治疗糖网的原理是什么
青光眼患者能开车吗
老花是怎么回事，能预防吗
散光会加重吗
玻璃膜疣需要治疗吗
什么叫杯盘比
视网膜色素变性是遗传病吗
中浆会复发吗
麦粒肿和霰粒肿的区别
我妈得了青光眼，这种病会遗传给孩子吗
眼底出血一般是什么原因引起的
怎么区分视乳头水肿和视神经炎
葡萄膜炎有哪些并发症
介绍一下年龄相关性黄斑变性
糖尿病患者应多久检查一次眼睛？
青光眼是怎样发现的？
""",
}

ABOUT_PHOTO = {
    "en": """
are there exudates?
Are there any haemorrhages in this photo?
how many?
How many microaneurysms are there?
is it in the macula?
Does this patient have glaucoma?
What is the cup-to-disc ratio?
What grade is it?
which eye is this
What do you see?
what does that mean for me?
why?
Why this grade?
How sure are you?
Is it normal?
is my retina ok
Where are the exudates?
in which quadrant are the haemorrhages
How close to the fovea are the exudates?
Show me the cotton wool spots.
mark all microaneurysms
exudates?
glaucoma?
any drusen?
And the cotton wool spots?
what about glaucoma
Is there a macular hole?
Could it be AMD?
Do you suspect diabetic retinopathy?
how likely is glaucoma
How severe is the retinopathy?
Is it mild or moderate?
Should this patient be referred?
What should I do next?
Is the photo good enough?
quality?
Compare the two photos.
What is the difference between photo 1 and photo 2?
Is the second photo worse?
Is the macula threatened?
Is the neuroretinal rim intact?
What is the vessel density?
How large are the haemorrhages?
What area do the hard exudates cover?
Describe the image.
Write a report.
Summarise the findings.
Explain the result to the patient.
Why are there 12 haemorrhages?
You said there are exudates. Where?
Is anything wrong with this eye?
So it is grade 3, right?
Which diseases are suspected?
What did you find?
Do I have it too?
What does the scan show?
Can glaucoma be ruled out in this eye?
Does my eye show signs of diabetes?
what is the probability of AMD here
Do you see any bleeding?
count the lesions
left or right eye?
Is the disc swollen?
tell me the grade
""",
    "zh": """
有出血吗
这是几期
这张照片有硬性渗出吗
有没有棉绒斑
微动脉瘤有多少个
几处出血
在黄斑区吗
哪个象限
出血在哪里
离中心凹多远
这是几级
为什么是2级
为什么
你确定吗
有多大把握
这是左眼还是右眼
哪只眼
看到了什么
描述一下这张照片
正常吗
我的眼底正常吗
有问题吗
患者有青光眼吗
这个病人有糖网吗
是青光眼吗
会不会是白内障
青光眼？
那青光眼呢
出血呢
杯盘比是多少
盘沿有没有变窄
黄斑有水肿风险吗
有黄斑裂孔吗
需要转诊吗
下一步怎么办
严重吗
要紧吗
照片清楚吗
图像质量怎么样
标出硬性渗出
把出血圈出来
渗出面积有多大
比较两张照片
第二张更严重吗
写一份报告
用大白话给患者解释这个结果
怀疑哪些疾病
你发现了什么
这些红点是什么
这意味着什么
对我来说这是什么意思
糖网的概率是多少
能排除青光眼吗
血管密度是多少
我这只眼有糖尿病的改变吗
这张OCT显示什么
结果可靠吗
最靠近黄斑的出血有多远
一共几处渗出
一句话总结结果
视盘正常吗
这片子是几级糖网
""",
}
