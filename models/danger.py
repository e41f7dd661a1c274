"""Words that call for help now, and words of danger: before anything else the alarm is offered for them."""

import re


def _any_of(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts))


def _english(*words: str) -> str:
    return rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])"


_CRY = _any_of(
    r"救命|救救|救我|求救|求助|求支援|请求?支援|需要支援|顶不住|出人命",
    r"来人[啊呀哪呐吧！!]|来人$|快(?:点|些)?来(?![了得着电])|赶[紧快]来(?!了)|马上来人|快派人|派人来|叫人来|多来几个",
    r"叫保安|喊保安|保安快|保安呢|保安在哪|快报警|快打110|帮帮[我忙]",
    _english(
        r"sos",
        r"mayday",
        r"help(?: me| us)",
        r"need (?:help|backup)",
        r"send (?:someone|somebody|help|security)",
        r"come quick(?:ly)?",
        r"call security",
    ),
    r"^help[!.\s]*$|(?<![a-z])help!",
)
"""Somebody wants people to come, whatever else is said."""
_NO_CRY = _any_of(
    r"不用(?:叫人|来人|叫保安|快来|支援)|不需要(?:支援|来人)|别(?:快)?来",
    r"求助(?:电话|按钮|流程|键|功能|人)|怎么求助|误报",
    _english(r"no help needed", r"need no help"),
)
_DANGER = _any_of(
    r"[持拿带拎举抡舞挥动掏亮]着?[一两]?[把个根]?.{0,2}(?:刀|匕首|斧|枪|棍|钢管|锤|砖|酒瓶)",
    r"有[一两]?[把个根]?(?:刀|枪|凶器|匕首|斧)|[砍捅](?:人|伤|了|医|护|大夫)|行凶|杀人|劫持|挟持|人质",
    r"(?:打|吵|闹|干)起来|(?:又|还在|正在|在|有人|围着|追着|动手|冲上来)打(?!电话|针|印|扫|饭|水|听|算|卡|点滴)",
    r"打(?:医生|护士|大夫|保安|医护|病人|患者)|打人[了！!，,。]|打人$|打架[了！!，,。]|打架$|被打|挨打",
    r"掐[着住]?(?:脖子|医生|护士)|勒[着住]?脖子|汽油|点火|纵火|放火|炸弹|爆炸物|要?跳楼|要跳下",
    _english(
        r"knife",
        r"gun",
        r"armed",
        r"weapon",
        r"stabb\w*",
        r"(?:is|are) (?:hitting|attacking|beating|fighting)",
        r"chok(?:es|ing)",
        r"hostage",
        r"bomb",
    ),
)
"""Somebody is being hurt, or can be at once."""
_OVER = _any_of(
    r"昨[天晚日]|前[天晚]|上[周个]|上星期|早就|演[练习]|培训|预案|假如|如果|万一|误报|不是真",
    r"已经?(?:控制|制服|处理|离开|走了|平息|被带走|报警处理)|控制住了|走掉了|没有?(?:打|动手|刀|枪)",
    _english(
        r"yesterday",
        r"last (?:night|week)",
        r"drill",
        r"exercise",
        r"training",
        r"no (?:knife|gun|weapon)",
        r"under control",
    ),
)
"""It is over, it is elsewhere, or it is not so."""


def is_cry(words: str) -> bool:
    """Whether somebody calls for people to come."""
    said = _plain(words)
    return bool(_CRY.search(said)) and not _NO_CRY.search(said)


def is_danger(words: str) -> bool:
    """Whether somebody tells of a danger that is there now."""
    said = _plain(words)
    return bool(_DANGER.search(said)) and not _OVER.search(said)


def _plain(words: str) -> str:
    return " ".join(words.lower().split())
