"""Emergencies as people tell them, and sentences that only look like one; a line is a question."""

EMERGENCIES_EN = {
    "urgent.vision_loss": """
my eye suddenly went blurry, what treatment do I need
sudden vision loss in the right eye, any treatment?
Left eye vision gone after waking up
Everything looks like through milk since this morning
I see a red haze all of a sudden
what is happening, I can't see!
why can't I see
suddenly half blind
I lost central vision today
my grandma cannot see since she woke up
no idea what happened but I suddenly see nothing
how do you treat a sudden loss of sight in my eye
I cannot see anything at all
my dad's eyesight vanished during lunch
I woke up and the world is grey on the right
one eye stopped working this morning
I have lost the lower half of my view
My vision is cutting in and out
blurry vision out of the blue, right eye
My sister's vision went all white for a minute
can barely see out of my good eye since Tuesday
sudden blur right eye no pain, high blood pressure
the sight of my right eye died this morning
everything on the right has disappeared
I looked up and half the room was missing
Woke up with no vision in my right eye
I've been unable to see out of my left eye since breakfast
I only see half of everything since this morning
half of the picture I see is missing since this morning
my left eye went completely dark for ten minutes and came back
My right eye is suddenly all black
Everything is pitch black in one eye
One eye just went dark
all of a sudden I can only see light and dark
I lost my sight for a few minutes and then it returned
My vision keeps going black for a few seconds
I can no longer see with the left eye
grandma says she sees nothing on the left since lunch
my sight is fading fast
my central vision vanished suddenly
there is a sudden grey patch in the middle of what I see
Since last night there's a big black spot in the middle of my vision
cant see nothing from right eye help
my vision is suddenly foggy
suddenly everything looks hazy
sight in my left eye has got worse within a few days
I'm suddenly almost blind on the right
Why did my eye go black?
my husband woke up blind in one eye
my vision dropped from one day to the next
Why is half the picture missing since this morning?
I went blind in the left eye an hour ago
I lost my vision, will I go blind?
Will I go blind, I suddenly can't see on the left?
I'm worried because I suddenly can't see with one eye
I don't know why I suddenly can't see
I'm not sure why my sight is suddenly gone
I have had diabetes for ten years and suddenly lost my sight
I had cataract surgery 5 years ago and today I suddenly lost vision
It's all dark in my left eye
I don't see anything with my right eye any more
my eyesight has been getting worse rapidly since Monday
""",
    "urgent.detachment": """
I have a shadow creeping across my eye
the whole left side of what I see is gone
it is as if someone pulled the blinds down in my left eye
there's this black curtain on the left
little black specks everywhere since an hour
flashes when I move my eye
I think my retina is detaching, there is a shade in the corner
lots of tiny dots and flashing in my left eye
Half of my visual field is missing
The top half of my vision disappeared
part of my sight is blocked by something dark
A black cloud is moving over my eye
it looks like soot falling in front of my eye
I keep seeing lightning streaks at the edge of my vision
Suddenly there are hundreds of little flies in my sight
""",
    "urgent.pain": """
my left eye feels like it's being stabbed
Pain so bad in my eye I want to vomit
eye pain 10/10
tell me about treatment, my eye hurts so badly
my eye is hurting so bad I can't sleep
I have terrible pain and redness in the eye
super painful eye since last night, throwing up
worst pain of my life in the eye
I can't open my eye because of the pain
I cannot keep my eye open, it hurts
my eye is in agony
my eye is so painful I'm throwing up
stabbing pain in my left eyeball
my eyeball feels like it will explode
My eyeball is rock hard and hurts
my eye hurts when I move it and colours look washed out
I have an excruciating headache around my eye and see rainbows round lamps
light hurts my red eye
The pain in the left eye is unbearable
my eye has been throbbing all night
my left eye burns like fire
sore red eye and light bothers me
the right eye aches terribly
I have not slept because my eye hurts so much
""",
    "urgent.stroke": """
I had a stroke last week and now I can't see to the left
my vision went blurry and I can't feel my hand
left arm numb and vision funny
one side of my face droops and I see double
my face is drooping and my sight is blurry
My mouth is crooked and I can't see on the left
my speech is slurred and my vision went
can't move my left arm and half my vision is gone
My dad is confused and can't see on one side
I have the worst headache of my life and see double
my leg feels weak and I see double
my right arm is tingling and I suddenly see only half
My mother's face is drooping on the left side
my husband suddenly cannot speak properly
half my body went numb and everything is blurry
""",
    "urgent.chemical": """
my daughter got soap powder in her eye
help my eye burns from bleach
drain opener in eye
oven cleaner mist got on my eye
a lump of plaster fell into my eye
a drop of lye hit my eye
window cleaner got in my eye
my eyes are burning from chlorine gas
toilet cleaner sprayed in my eye
I got chlorine in my eyes
hand sanitiser squirted into my daughter's eye
quicklime got into his eye
nail polish remover in my eye
battery acid in my eye
caustic soda got in his eyes
paint thinner ran into my eye
turpentine in the eye
hydrogen peroxide lens solution in my eye
tear gas in both eyes
laundry pod burst into my toddler's eye
super glue sealed my eyelid shut
diesel sprayed in my eye
weed killer in my eyes
I rubbed chilli into my eye
I put ear drops in my eye by mistake
my eye was sprayed with insecticide
can bleach in the eye be rinsed with milk?
""",
    "urgent.injury": """
an arrow hit his eye
my eye got punched
there is a knife cut on my eye
my eyelid was torn by a dog
something sharp went in his eye
I was cutting metal and now my eye is sore
a twig scratched my eyeball
Someone threw sand at my eyes
my toddler stuck a fork in his eye
blood is coming from my eye
something is stuck in my eye
I have a foreign body in my eye
got sand in my eye and can't get it out
a thorn went into my eye
my cat clawed my eye
I got something in my eye while grinding
a fish hook is in his eyelid
My eye is bleeding
I fell on my face and my eye is swollen shut
a paintball got me in the eye
my kid poked himself in the eye with a pencil
a champagne cork flew into my eye
his fingernail went in my eye
bungee cord snapped into my eye
a laser pointer was shone into my eye
I looked at the welding arc and now my eyes hurt
I stared at the sun and now there is a spot
hot oil splattered my eye
my eyelid is cut open
boiling water in my eye
black eye after a punch, I see badly
there is blood in front of my iris after the ball
""",
    "urgent.infection": """
my eye is oozing pus
contact stuck and eye very red and sore
eye is all red and mushy after surgery
slept in my contacts and now my eye is red and hurts
Two days after cataract surgery my sight got worse
3 days after my cataract op my eye is very red
my eye is red since the injection in it yesterday
since the operation my eye hurts
white spot on my cornea, I wear contact lenses
my eye was operated on last week and now it is painful
yellow pus comes out of my eye
""",
    "urgent.double": """
my right pupil suddenly got bigger
my lid droops since yesterday
double vision started today
pupil is blown on the left
I see two of you
everything is doubled
I see two images of everything
my eyelid suddenly hangs down
one pupil is bigger than the other
my left pupil is huge
I can't lift my upper eyelid any more
my eye suddenly turned inward
I cannot move my left eye
""",
    "urgent.now": """
my baby's pupil looks white
faces look distorted since today
my child's eye glows white in photos
my newborn's eye is cloudy
jaw pain when chewing and blurred sight, I'm 75
my scalp is tender and my vision is blurry
My eyelid is red and swollen, I have a fever and the eye bulges
my eye bulges out since yesterday
""",
}

CALM = """
Hm, I can't see them. Where should I look?
什么是突然视力丧失？
什么是眼外伤
白瞳症是什么
白瞳症的病因有哪些？
白瞳症长什么样？
玻璃体后脱离与飞蚊症对眼睛有什么影响
玻璃体后脱离与飞蚊症的眼部表现有哪些
我会失明吗
我以后会不会失明
我最后会瞎吗？
我怕以后看不见
我妈以后会失明吗？
我会突然失明吗
青光眼会失明吗
眼睛被划伤的预后怎么样？
得了角膜划伤，外观上会有什么样的变化？
怎样预防眼外伤？
眼底出血严重吗
我的眼睛出血了几处？
眼底图上有黑色阴影是什么
飞蚊突然增多眼内出血是啥
闪光感如何分型？
请说明闪光感的病因。
那闪光感呢？
化脓性眼内炎怎么诊断？
外伤性黄斑裂孔要不要开刀？
激光打在眼睛的哪里
玻璃酸钠滴眼液是什么
我用玻璃酸钠滴眼液可以吗
84岁老人进行眼科检查
我十年前右眼被打伤过
三年前我突然看不见过一次
我看不到出血点在哪
看不清图上的标记
这张图里看不见黄斑
图片太黑看不清
照片一片黑，怎么看
视神经炎有什么症状
我没有突然视力下降
我家孩子没有白瞳
视力下降的原因有哪些？
中风会影响眼睛吗？
面瘫是什么原因
眼皮跳是怎么回事
Will I lose my sight?
Could I lose my vision because of this?
Am I going blind?
Is my mother going blind?
Could I suddenly lose my sight one day?
I am afraid of going blind
I worry that I will lose my vision
What is sudden vision loss?
What are flashes and floaters?
What does a scratched eye look like?
How is contact lens infection treated?
How is branch vein occlusion of the eye treated?
Explain temporal arteritis vision loss.
Why are my pupils dilated for the exam and can I drive after?
Can the eye pressure drops dilate my pupil for the photo?
Does the laser go into my eye?
What does the black area in my eye photo mean?
There is half of the disc missing in the picture.
Is half of the picture missing?
I can't see anything in this picture
The image is all dark
Everything is dark in this photo
one side of the image is blurry
Does a stroke affect the eyes?
What are the symptoms of a chemical burn of the eye?
I have no double vision and no pain
Is there blood in my eye on this photo?
Is my eye bleeding in the picture?
Paint me a picture in words: the cornea of the eye
眼科术语外伤性黄斑裂孔该怎么讲？
tell me about corneal foreign body
Two years ago I suddenly lost vision in one eye
Tell me the number of lesions you see in my photo
I have had floaters for many years
Does hyaluronic acid help my dry eye?
Does alcohol affect my eyes?
Is there something in my eye?
curtain over vision: definition
"""
