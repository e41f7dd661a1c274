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
come quickly"""
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
支援乡镇卫生院的名单交了"""
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
a man is hitting the nurse"""
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
a fire drill at noon"""


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
