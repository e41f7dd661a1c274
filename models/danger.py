"""Words that call for help now, and words of danger: before anything else the alarm is offered for them."""

import re


def _any_of(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts))


def _english(*words: str) -> str:
    return rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])"


_CRY = _any_of(
    r"救命|救救|救我|求救|求助|求支援|请求?支援|(?:需要?|呼叫)支援|支援[！!]|^支援(?:急诊|门诊|.?楼|$)|[顶扛撑]不住|出人命|急急急",
    r"来人[啊呀哪呐吧！!，,。 ]|(?<![里级导属有外记])来人$|来[一两几]?个人(?!员)|多来[几点]",
    r"[快速](?:点|些)?(?:过?来|到急诊)(?![了得着电])|赶[紧快](?:过?来|叫人)(?!了)|马上来人|快派人|派人来|快?叫人来|快叫人",
    r"[叫喊要派](?:保安|安保)|请(?:保安|安保).{0,2}来|(?:保安|安保).{0,2}(?:快|过来|来一下)|保安呢|保安在哪|^保安[！!]*$",
    r"(?:快|赶紧|赶快|马上|帮我|我要)(?:点|叫)?(?:报警|警察)(?!器)|^报警[！!]*$|(?:快|赶紧|赶快)打110|^(?:打)?110[！!]*$",
    r"帮帮[我忙]|帮忙[啊！!]|快帮忙|快救人|救人[啊！!]",
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
    r"救命(?:通道|药|的|之恩|恩人)|出人命(?:的|才)|保安呢[，,]|保安在哪个",
    r"(?:求助|键|按钮|装置|sos).{0,3}(?:坏|失灵|没反应|不响|不灵|怎么)|怎么(?:改|填|弄|写|登|用)",
    r"求助(?:热线|信息科|问路|一下|找)|支援.{0,6}(?:轮椅|打印机|口罩|床单|物资|推车)",
    r"来(?:人|个人)?(?:修|检查(?!室)|打疫苗|取|交|喝水)|来几个师傅|快来不及|培训|开会|签字|吃饭|领工资|队长|名单|统计|的证",
    r"不用(?:叫人|来人|叫保安|快来|支援)|不需要(?:支援|来人)|别(?:快)?来(?!.{0,9}(?:刀|打))",
    r"求助(?:电话|按钮|流程|键|功能|人)|怎么求助",
    _english(r"no help needed", r"need no help"),
)
_WHOM = "(?:医生|护士|大夫|保安|医护|病人|患者)"
_ARMS = "(?:刀(?![片具])|匕首|斧|(?<![温水码钉])枪(?![形口支])|棍|钢管|锤|砖|酒瓶|凶器)"
_DANGER = _any_of(
    rf"[持拿带拎举抡舞挥动掏亮提揣别藏摸拔握耍]了?着?出?[一两]?[把个根]?.{{0,3}}{_ARMS}",
    rf"有[一两]?[把个根]?{_ARMS}|刀架|^刀[！!]|[砍捅](?:人(?!案)|了|医|护|大夫)|被[砍捅](?!伤的)|医生被砍",
    r"行凶|杀(?:医|护|我|了我)|杀人(?!犯|游戏)|劫持|挟持|人质|绑架|持械|开枪|枪声",
    r"(?:打|吵|闹|干)起来(?!点滴|的声音)|(?:又|还在|正在|在|有人|围着|追着|动手|冲上来)打"
    r"(?![0-9麻呼喷牌碎破翻开包字工]|电话|针|印|扫|饭|水|听|算|卡|点滴|石膏|胰岛素|疫苗|篮球|报告|游戏|官司|招呼|瞌睡)",
    rf"打了?(?:我(?!.{{0,3}}(?:电话|手机|招呼))|{_WHOM}(?!站?.{{0,2}}电话))",
    r"打人[了啦呀！!，,。]|打人$|(?<!处理)(?<!防止)打架[了！!，,。]|打架$",
    r"被(?:人)?打(?![开扫印断碎坏响针包破翻湿]|伤的)|挨打(?!针|的)|[围群斗互]殴|扭打|打成一团|动手(?:了(?!解)|打)|咬人|耳光",
    rf"[踢踹扇](?:了?我|了?{_WHOM})|推搡|揪(?:头发|着|住)|拽着?(?:头发|{_WHOM})|抓着?{_WHOM}",
    r"掐[着住]?(?:[我他她]|脖子|医生|护士)|勒[着住]?(?:脖子|[我他她]|医生|护士)",
    r"(?:还在|正在|在|要|拿.{1,5})砸(?!墙)|砸(?:门|东西|人|诊室|医生|护士|我)",
    r"把我.{0,3}(?:堵|锁|围)|我.{0,2}被.{0,3}(?:堵|锁|围)|被.{0,3}围[住了]|我.{0,2}出不去|不让(?:我|护士|医生)们?走",
    r"抱走.{0,3}(?:孩子|婴儿)|[抢偷](?:小孩|孩子|婴儿)",
    r"[泼浇洒倒提拎拿带抱举].{0,4}汽油|点火(?!器)|纵火|放火(?!警)|打火机要|要烧(?!开?水|饭|菜|糊|香)|[着起]火了|爆炸了|要炸|炸弹(?!客)|炸药|爆炸物|硫酸",
    r"跳楼(?!机)|要跳(?!槽|舞|绳|过)|站在楼顶|爬上(?:天台|楼顶)|要自杀|割腕|上吊(?![扇灯瓶针])",
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
    r"已经?(?:控制|制服|处理|离开|走了|平息|被带走|报警处理)|控制住了|走掉了",
    _english(
        r"yesterday",
        r"last (?:night|week)",
        r"drill",
        r"exercise",
        r"training",
        r"under control",
    ),
)
"""It is over or it is elsewhere, whatever else is said."""
_STILL = _any_of(r"又来了|又回来|还在[打砸闹]|往.{1,8}(?:去|跑)了")
"""It is not over, although something before it is."""
_NOT_SO = _any_of(r"没有?(?:人|打|动手|刀|枪|发生)|无人", _english(r"no (?:knife|gun|weapon)"))
"""It is not so: this clause, and no other."""
_SIMPLE = str.maketrans("來護醫殺槍幫報搶綁點", "来护医杀枪帮报抢绑点")
"""The traditional characters of these words."""
_CLAUSE = re.compile(r"[，,。；;！!？?]")


def is_cry(words: str) -> bool:
    """Whether somebody calls for people to come."""
    said = _plain(words)
    if "误报" in said:
        return False
    clauses = [*_clauses(said), *_clauses(_closed(said))]
    return any(_CRY.search(each) and not _NO_CRY.search(each) for each in clauses)


def is_danger(words: str) -> bool:
    """Whether somebody tells of a danger that is there now."""
    said = _plain(words)
    if _OVER.search(said) and not _STILL.search(said):
        return False
    return any(_DANGER.search(each) for each in _clauses(said) if not _NOT_SO.search(each))


def _clauses(said: str) -> list[str]:
    """The clauses, each with the mark that ends it."""
    ends = [found.end() for found in _CLAUSE.finditer(said)]
    return [said[a:b] for a, b in zip([0, *ends], [*ends, len(said)], strict=True)]


def _plain(words: str) -> str:
    return " ".join(words.lower().translate(_SIMPLE).split())


def _closed(said: str) -> str:
    """Without the spaces that a hasty keyboard leaves between Chinese characters."""
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", said)
