"""Which words call for help, which tell of danger, and which do neither."""

import pytest

from models.danger import is_cry, is_danger

CRIES = """救命
救命啊！！
SOS
sos
快来人
急诊3诊室有人打医生，快来人
急诊3诊室有人打护士,快来人
来人啊
来人
保安快来
快点来几个人
快叫保安
叫保安到急诊
需要支援
请求支援，门诊大厅
求助
帮帮我，他把门堵了
我这边顶不住了
赶紧来急诊
快报警
要出人命了
Help me
help!
HELP
send security to the ER
we need help in room 3
come quickly
快过来！有人闹事
来几个人
来人，急诊
赶快叫人来
保安！
保安过来
我要报警
报警！
赶紧报警
需要保安
请保安过来
支援！急诊
速来急诊
快帮忙
撑不住了
救 命
快 来 人
快來人
怎么办，救命
不用叫救护车，快叫保安
求助按钮没反应，快来人
抢救室快来人
快来检查室"""
NO_CRIES = """好的
收到
护士长快来了
今天谁值班
求助按钮怎么用
怎么求助
不用来人了，已经走了
不用叫保安
别来了
误报，求助按错了
消防通道堵了
监控坏了
How can I help you
/help
The patient needs a wheelchair
患者家属要求退费
快递来了
支援乡镇卫生院的名单交了
抢救室的病人已经转走
需要支援一个轮椅
求助一下，打印机坏了
我想求助一下怎么填台账
救命药没货了
消防通道是救命通道，被车堵了
感谢救命之恩，送来锦旗
水管爆了快来修
灯坏了派人来修
一键求助坏了
SOS按钮坏了
家里来人
领导明天快来检查了
赶快来开会
快来打疫苗了
病人要跳槽
请帮忙登记一下"""
DANGERS = """有人持刀
他拿着一把菜刀
家属拿刀冲进来了
又打起来了,有刀
又打起来了
急诊有人打护士
门口有人打架
两个家属打架了
有人在打医生
护士被打了
他手里举着酒瓶
有枪
他要跳楼
有人泼汽油
掐护士脖子
围着打保安
砍人了
He has a knife
they are fighting in the hall
somebody with a gun
a man is hitting the nurse
拿了把水果刀
他把刀架在护士脖子上
持械闹事
医生被砍
护士被人打
护士被打伤了
医生被砍伤了
他打了医生
打了护士一巴掌
动手了
群殴
围殴医生
踢医生
扇了医生一巴掌
掐住她脖子
还在砸
砸诊室了
把我堵在诊室
我出不去
抢婴儿
着火了
要炸医院
有炸药
泼硫酸了
站在楼顶
拔刀
开枪了
昨天那个人又来了，有刀
我没有刀，他有刀
没打到我，他还在砸"""
CALM = """昨天有人打护士
上周门口打架，录像还在
演练：有人持刀
如果有人持刀怎么办
他没有刀
已经控制住了，刚才有人打架
正在打电话
护士在打针
打印机坏了
消防通道堵了
病人摔倒了
钱包被偷了
家属要讨说法
No knife, he only shouted
yesterday two men were fighting
a fire drill at noon
正在打石膏
正在打疫苗
有人打牌
有人打碎了玻璃
门被打开了
打护士站电话没人接
挂上吊瓶了
上吊扇坏了
病人正在打麻药
护工挨打针疼哭了
清点时有刀具丢失
测温枪坏了
拿着测温枪
食堂点火器坏了
停车场汽油味很重
发电机没汽油了
食堂要烧开水
正在动手术
没人被打
被砍伤的病人入院
医生打我电话"""


@pytest.mark.parametrize("words", CRIES.splitlines())
def test_a_cry_is_heard(words: str) -> None:
    assert is_cry(words)


@pytest.mark.parametrize("words", NO_CRIES.splitlines())
def test_what_is_no_cry_calls_nobody(words: str) -> None:
    assert not is_cry(words)
    assert not is_danger(words)


@pytest.mark.parametrize("words", DANGERS.splitlines())
def test_danger_is_noticed(words: str) -> None:
    assert is_danger(words)


@pytest.mark.parametrize("words", CALM.splitlines())
def test_what_is_over_or_not_so_is_no_danger(words: str) -> None:
    assert not is_danger(words)
    assert not is_cry(words)
