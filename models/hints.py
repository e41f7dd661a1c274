"""Words that hint at a kind of record, with weights: 4 says it, 3 nearly, 2 is enough to offer it, 1 supports.

A line is a weight and hints; ``_`` stands for a space and ``{name}`` for the words of a class. What holds a sign of
``.[|?(`` is a pattern. The order of the kinds decides between equals.
"""

Kind = tuple[str, str]
"""(family, code): a category of incident, a register, or the form for a threat."""
THREAT: Kind = ("threat", "")

CLASSES = {
    "staff": (
        "(?:医生|护士|大夫|医师|主任|护士长|保安|医护|护工|值班医生|导诊|工作人员|同事|"
        "doctor|nurse|guard|staff|dr)"
    ),
    "patient": "(?:病人|患者|病号|老人|老太|老头|孕妇|产妇|小孩|孩子|patient)",
    "relative": "(?:家属|儿子|女儿|老公|丈夫|病人|患者|陪护|家里人|family|relative)",
    "gap": "[^，。,.;；\\n]{0,6}",
    "device": (
        "(?:监控|摄像|探头|录像|录相|门禁|对讲机|报警器|报警主机|报警按[钮纽]|一键报警|安检机|安检仪|安检门|探测器|"
        "探测门|巡更|闸机|道闸|刷卡|人脸识别|显示屏|监视器|屏幕|硬盘|主机|电梯|扶梯|广播|喇叭|电话|空调|自动门|"
        "打印机|自助机|读卡器|手持|传送带|按[钮纽]|警铃|对讲|camera|cctv|monitor|intercom|scanner|detector|"
        "reader|button|elevator|lift|gate_arm|radio|screen|turnstile)"
    ),
    "way": "(?:通道|出口|楼梯|走廊|过道|走道|防火门|安全门|exit|stairwell|corridor)",
    "drug": "(?:吗啡|芬太尼|杜冷丁|哌替啶|安定|麻醉药|麻药|精神药|麻精|毒麻|氯胺酮|曲马多|morphine|fentanyl|narcotic|ketamine)",
    "less": "(?:少了|丢了|不见|没了|缺了|对不上|差了?[一二两三四五几\\d]|找不到|被偷|被盗|被撬|失踪|丢失|missing|lost|gone|stolen)",
    "weapon": "(?:刀|剪刀|枪|匕首|棍|汽油|打火机|酒精|鞭炮|烟花|斧|锤|弹|易燃|knife|knives|lighter|petrol|gun|scissors)",
    "counted": "(?:清点|盘点|核对|双人|检查|账物|库存|查了|点过|对账|count|checked|stock)",
    "thing": (
        "(?:灭火|消防|消火|逃生|安全门|防火|应急|疏散|喷淋|扶手|栏杆|护栏|围栏|井盖|盖|台阶|楼梯|坡道|地砖|地板|地面|地垫|地上|瓷砖|"
        "天花|吊顶|顶棚|玻璃|窗|门|锁|插座|插排|插线|电线|电缆|电箱|配电|开关|灯|管|水箱|锅炉|煤气|燃气|氧气|气瓶|钢瓶|脚手架|装修|施工|"
        "电焊|电热|电炉|杂物|纸箱|被褥|垃圾|货架|柜|床栏|推车|电动车|电瓶|树|广告牌|招牌|雨棚|棚|外机|墙|屋顶|路面|护角|楼道|库房|仓库|机房|厕所|"
        "exit|extinguisher|ceiling|floor|window|railing|cable|wire|socket|outlet|pipe|cylinder|ladder|tile|step|lamp)"
    ),
    "defect": (
        "(?:坏|破|裂|断|松|歪|掉|脱|塌|翘|空|满|堵|挡|锁|漏|渗|滑|湿|结冰|积水|露|裸|老化|锈|烫|焦|过期|失效|缺|少|关不|推不|打不开|"
        "倒|晃|摇|悬|堆|私接|乱|违规|不亮|不严|开着|没关|没锁|没盖|没围|没固定|没有|没拔|没插|压着|占|高温|冒|响|异味|"
        "broken|block|loose|leak|wet|slip|expired|missing|exposed|crack|fall|left|open|hot|bare|frayed)"
    ),
    "says": (
        "(?:说|讲|嫌|反映|反应|抱怨|觉得|要求|不高兴|不开心|不服|有意见|告状|生气|不满|骂|来电|打电话|来信|写信|提出|吐槽|问|complain|upset|angry|unhappy|says|said)"
    ),
    "matter": (
        "(?:态度|排队|叫号|插队|等|费|贵|坑|药|饭|菜|食堂|厕所|床|空调|停车|挂号|解释|按铃|护工|单子|报告|结账|慢|脏|吵|冷|热|凉|疼|手法|"
        "扎|几针|探视|窗口|电话没人|不接|没人|半天|半小时|几个小时|打发|敷衍|指路|乱|不理|道歉|处理|服务|收据|发票|bill|wait|rude|dirty|food|noise|slow|attitude|manager)"
    ),
    "body": (
        "(?:头发|脖子|脸|头|鼻子|眼|胳膊|手|腿|肚子|胸|背|嘴|耳光|hair|face|neck|arm|head)"
    ),
    "strike": (
        "(?:打|揍|踢|踹|捅|砍|砸|抓|咬|掐|扇|抽|挠|扎|敲|拽|扯|泼|推|撞|甩|抡|扔|戳|hit|punch|slap|kick|push|bit|grab|scratch|swing|threw|choke)"
    ),
    "person": (
        "(?:病人|患者|家属|男的|女的|男人|女人|男子|小伙|老头|大爷|大妈|阿姨|大叔|酒鬼|醉汉|醉鬼|喝多的|喝醉的|儿子|丈夫|老公|女婿|兄弟|陪护|黑衣|这人|那人|那个人|他|"
        "man|husband|son|guy|relative|visitor|he)"
    ),
    "many": (
        "(?:一帮|一伙|一群|一车|一大群|一堆|几十|十几|十多|二十|二三十|三十|上百|几百|好几十|几十号|大几十|十来个|a group|a dozen|dozens|hundreds)"
    ),
    "no": "(?:不|没|无|失|not|n't)",
}

HINTS: dict[Kind, str] = {
    ("incident", "violence_staff"): """
        4 打医生 打护士 打保安 打大夫 伤医 (?:打|揍|踢|踹|推|捅|砍|砸|抓|咬|掐|扇|抽)(?:了|伤|倒)?{gap}{staff}
        4 {staff}{gap}(?:被|让|叫|遭){gap}(?:打|揍|踢|捅|砍|咬|推倒|抓伤|扇|砸)
        4 hit_the_nurse (?:hit|punch|slap|kick|attack|stab|assault|push|beat|bit|spat){gap}(?:{staff}|me)
        3 打架 打起来 打人 打伤 殴打 动手 动刀 持刀 拿刀 拿着刀 砍人 捅人 扇耳光 耳光 巴掌 推搡 掐 拳 打我 踢我 咬我
        3 (?:打|踢|揍|踹|咬|推|抓)了?我 拳打脚踢 抡 斗殴 动起手 干架 干仗 揍
        2 knife hit punch attack stab assault slap kick fight brawl 砍 捅 刀 咬了 踢了 推倒 扭打 棍子 凳子砸 见血
        3 {strike}(?:了|着|到|在)?我 (?:朝|对|往|冲|向)(?:着)?(?:我|{staff}){gap}{strike} {strike}{gap}(?:我|{staff}){gap}{body} 拿{gap}{strike} {strike}{gap}{staff}
        3 干起来 打了一架 打成一团 扭在一起 扭打 撕扯 厮打 揪着 拽着 亮刀 掏刀 掏出刀 挥刀 举着刀 菜刀 水果刀砍 抡起 一拳 一脚 脸破 挂彩 打保安 行凶 抄家伙
        3 被{gap}(?:挠|咬|踢|打|推|踹|砸|扎|抓)(?:了|伤|破|到) (?:挠|抓|咬|打|砸|捅)(?:破|出血|流血) {staff}{gap}(?:受伤|流血|出血) {staff}{gap}got{gap}(?:hit|hurt) (?:hit|swing|throw){gap}(?:us|chair)
        1 打 受伤 流血 快来人 快来 冲上来 拿着 bleeding hurt
    """,
    ("incident", "insult"): """
        4 辱骂 骂医生 骂护士 骂大夫 骂保安 骂人 侮辱 骂骂咧咧 爆粗 脏话 骂娘 吐口水 吐痰 骚扰 下流 流氓话 羞辱
        3 骂 骂我 骂哭 嘴巴不干净 难听 指着鼻子 swear insult abuse abusive curs yell shout verbal 羞辱 庸医 动手动脚
        2 恐吓 威胁 吼 凶 threat 嘲讽 阴阳怪气
        3 他妈 妈的 操你 滚蛋 傻逼 混蛋 畜生 废物 不要脸 神经病 竖中指 骂街 问候{gap}妈 bitch fuck idiot asshole 摸{gap}(?:屁股|胸|大腿|手) 性骚扰 猥亵 耍流氓 喷{gap}口水 口水 出言不逊 口出狂言 冷嘲热讽 贬低
        1 嚷嚷 喊 嘴 拍桌子 摔杯子
    """,
    ("incident", "threat_to_staff"): """
        4 扬言 要杀 弄死 砍死 打死 杀了 捅死 放话 要打{staff} 放火 kill burn_this shoot
        4 (?:小心点|等着瞧|走着瞧|要你好看|要我好看|收拾你|收拾我|收拾他|弄你|弄我|报复)
        3 威胁 恐吓 要打 threaten threat 放狠话 找人来 道上 出去{gap}(?:弄|打) 下班{gap}小心 要命
        4 见一次打一次 偿命 (?:把|将){gap}(?:科室|医院|楼|诊室){gap}(?:点|烧|炸|砸) 要{gap}(?:命|腿|胳膊) 卸{gap}(?:腿|胳膊) 废了你 打断 剁 血债 will_kill gun_and (?:use|has){gap}(?:gun|knife) 叫人来打 做了你 整死 干死 杀你全家 全家
        3 (?:撂|放|说|喊|吼|骂|威胁)(?:下)?(?:狠)?话 出门{gap}(?:小心|当心) 给我等着 别想{gap}(?:走|活|安生|好过) 不客气 (?:说|喊|讲|扬言){gap}(?:杀|砍|弄|打死|捅|烧|炸|点了)
    """,
    ("incident", "dispute"): """
        4 医患纠纷 医疗纠纷 纠纷 讨说法 要说法 要个说法 索赔 dispute compensation
        3 赔偿 赔钱 退费 退钱 要赔 打官司 误诊 治坏 没治好 不认账 复印病历 封存病历 不满意治疗 讨个说法 起诉 sue lawsuit refund
        2 手术没做好 不接受 {gap}在医务科 谈不拢 医务科 给个说法 要求{gap}赔 人没了 没抢救过来 没救回来 尸检 鉴定
        1 投诉 家属{gap}(?:不走|不满|闹)
        3 (?:医院|你们|医生|我们)(?:要)?负责 讨公道 讨个公道 耽误了 算账 请{gap}律师 律师 追究 责任 凭什么 不认可 没保住 做坏了 越治越 治死 接歪 封存 医患双方 医患 留下后遗症 后遗症 给个交代 要{gap}交代 blame demand_money 手术失败 调解 谈判
        2 家属{gap}(?:认为|怀疑|质问|质疑) 不同意出院 不肯出院 拒绝出院 拒付 欠费 要求赔 手术费
    """,
    ("incident", "theft"): """
        4 偷 盗 扒窃 小偷 扒手 被盗 丢了手机 丢东西 被顺走 theft stole thief pickpocket
        3 钱包 手机(?:不见|没了|丢) (?:包|钱|手机|电脑|东西|衣服|首饰|车|泵|机){gap}(?:不见|没了|丢了|没有了|少了|翻过)
        3 顺走 剪走 拿走 wallet missing_phone robbed
        2 丢了 不见了 被人翻 少了现金 东西没了 被人拿 手机 少了
        3 (?:让|叫|被|给)人?{gap}(?:搬走|拿走|顺|偷|撬|拎走|抱走|推走|骑走|牵走) 翻{gap}(?:包|抽屉|柜子|口袋) 撬{gap}(?:门|锁|柜|抽屉) 被撬 不翼而飞 一转身{gap}没 溜进 鬼鬼祟祟 顺手牵羊 失窃 遭窃 贼 (?:电脑|手机|项链|戒指|现金|自行车|单车|电动车|电瓶车|手表|耳机|钥匙|工资卡|口罩|设备|仪器|物资|箱){gap}(?:没了|不见|丢|少了|搬走|没有了) snatch bike_stolen burglar
        1 {less}
    """,
    ("incident", "fire"): """
        4 着火 火灾 起火 冒烟 失火 火情 烧起来 着起来 冒火 火苗 有烟 fire burning smoke flames
        3 烟雾 焦糊 糊味 烧焦 焦味 烟很大 烟越来越 浓烟 烟感 火警 扑灭 烧着 burnt_smell
        1 烧 烟
        4 (?:着|烧|燃)(?:了|着|起来) 窜火 火苗 点着 一屋子烟 都是烟 火光 燃烧 爆燃 自燃 电线{gap}(?:打火|冒)
        3 (?:烧|焦|糊|煳){gap}味 味{gap}(?:焦|糊|呛) 烟味 呛 火 噼里啪啦
    """,
    ("incident", "patient_injury"): """
        4 摔倒 跌倒 摔了 摔跤 滑倒 坠楼 坠床 走失 自杀 轻生 跳楼 割腕 上吊 走丢 自残 掉下床 fell suicide
        4 {patient}{gap}(?:摔|跌|不见|跑了|走丢|找不到|滚下|晕倒|昏倒|撞到|磕|烫伤|坠|逃) 从{gap}(?:摔|掉|滚|跌)下
        3 床上{gap}掉 晕倒 昏倒 磕 轮椅翻 烫伤 噎 要跳 想不开 头破 jump {patient}{gap}missing missing{gap}patient fainted
        2 fall 撞到头 骨折 摔 出走 失踪 跌
        4 (?:天台|窗台|楼顶|阳台|窗户){gap}(?:上|外|边|跳|站|坐) (?:站|坐|爬|抱){gap}(?:天台|窗台|楼顶|窗) 栽 活着没意思 不想活 想死 寻死 吞{gap}药 喝农药 拔管 拔了针 拔针 {gap}床{gap}(?:没了|不见|不在|跑了|摔|跌|掉|吞|坠) (?:轮椅|平车|床|推床){gap}(?:翻|摔|掉|栽|倒) 夹{gap}手 手{gap}夹 走失了 到处找不 collapsed slipped wandered
        3 {patient}{gap}(?:倒|栽|磕|烫|夹|翻|私自|偷跑|离院|出走|逃) (?:大爷|大妈|奶奶|爷爷|阿姨|宝宝|婴儿){gap}(?:摔|跌|栽|倒|滑|磕|夹) 私自离院 外出未归 没回来 跳下 逃走
    """,
    ("incident", "mental_patient"): """
        4 精神病 精神障碍 精神异常 发病伤人 精神科 疯子 发疯 躁狂 幻觉 精神分裂 psychiatric 神志不清 武疯子 精神失常
        3 胡言乱语 脱光 裸 乱跑乱叫 吸毒 控制不住 失控 manic delusion out_of_control 自言自语
        4 犯病 发病 精神不 精神有 又唱又跳 撞墙 抑郁 神神叨叨 疯疯癫癫 hallucinat delirious 谵妄 有人要害 乱挥 脱衣服 酒精{gap}戒断 疯了 武疯
        2 throwing_things 咬人 乱叫 乱跑 自残
    """,
    ("incident", "violence_patient"): """
        4 打患者 打病人 病人被打 患者被打 病人打病人 patient_attacked 家属之间 互殴 打老人 虐待 病人互
        4 (?:hit|attack|slap|punch|beat|kick){gap}(?:{patient}|visitor) {patient}{gap}(?:attacked|hit){gap}another
        4 {patient}{gap}被{gap}打 (?:打|揍|踢|掐|虐){gap}(?:{patient}) (?:两个|两家|几个){gap}打
        2 打起来 打架 斗殴 fight 隔壁床 陪护打
        4 (?:同病房|同屋|病友|病号|隔壁|邻床|陪床|陪护|护工|家属){gap}(?:打|扇|掐|揍|踢|推){gap}(?:病|老|家属|患|隔壁|陪|床|耳光|一架|起来|成|伤) 两{gap}(?:病人|家属|患者|病号){gap}(?:打|吵|动手) 插队{gap}打
        2 打成一团 打了一架 扭打 干起来
    """,
    ("incident", "restraint"): """
        4 不让走 扣留 围住医生 限制自由 锁在 扣下 held_against 不让{gap}(?:走|下班|离开|出去|出来) 非法拘禁 hostage locked
        4 {staff}{gap}(?:围|堵|关|锁)在 (?:围|堵|关|锁|拦)(?:着|住)?{gap}{staff} 出不来 被困
        2 拦着 拦住 围住 堵在
        4 反锁 不放{gap}(?:走|出|人|下班) 下不来 (?:围|堵|困|关|扣|拉|拖)(?:在|着|住){gap}(?:办公室|会议室|诊室|电梯|值班室|车|屋|房间) 走不了 出不去 扣人 扣着 {staff}{gap}被{gap}(?:围|堵|扣|关|困) 院长{gap}围
    """,
    ("incident", "mob"): """
        4 打砸 围堵 聚众 冲击 mob smash (?:帮|伙|群|十几个|几十个|多个)人?{gap}(?:冲进|砸|打砸|围) 砸了{gap}(?:急诊|护士站|诊室|大厅)
        3 砸东西 blockade riot 砸了 砸烂 给砸 砸坏 砸{gap}(?:电脑|玻璃|门|设备) 掀桌 掀了
        2 砸 冲进来 围了 一帮人 一伙人 一群人
        4 {many}{gap}(?:冲|砸|围攻|打砸|掀|围|闯) 围攻 掀了 闯{gap}(?:急诊|科室|诊室|办公室) 砸{gap}(?:大厅|诊室|急诊|护士站|窗口|桌)
        1 {many}
    """,
    ("incident", "banner"): """
        4 横幅 条幅 标语 白布黑字 拉条 白布 举牌 banner placard
        4 白条 举着牌 举牌 牌子 挂{gap}(?:布|条|字) 拉{gap}(?:布|条|旗|字) 大字报 喊口号
    """,
    ("incident", "wreath"): "4 花圈 花篮闹 wreath",
    ("incident", "mourning_hall"): """
        4 灵堂 烧纸 祭奠 遗像 哭丧 纸钱 披麻戴孝 mourning 点蜡烛 磕头烧香
        4 哀乐 搭棚 搭{gap}棚 哭灵 上香 供品 做法事 办丧 孝服 招魂 下跪
    """,
    ("incident", "body_left"): """
        4 停尸 尸体 遗体 不肯移 corpse dead_body the_body 死人{gap}停 人死了{gap}停 不让{gap}太平间 死者{gap}停
        4 (?:死者|死人|尸|遗体|棺|孩子尸){gap}(?:抬|放|停|摆|推|拉|移|占|不) 抬尸 棺材 太平间{gap}不 不肯{gap}(?:火化|送太平间)
    """,
    ("incident", "driving_away"): """
        4 驱赶 不让看病 堵门 堵住大门 扰乱秩序 堵{gap}(?:大门|门口|通道|急诊){gap}不让 赶走 不敢看病 影响看病 chase disrupt
        4 不让{gap}(?:病人|患者|救护车|人){gap}进 救护车进不来
        3 吵闹 闹事 大吵大闹 disturb blocking block_the 秩序 堵大门 大闹 撒泼 醉 影响{gap}(?:就诊|就医|秩序)
        2 闹 吵 drunk 坐在 躺在地上
        4 横在 拦救护车 拦{gap}(?:救护车|病人|患者|门) 挂不了号 看不了病 敲锣 打鼓 放鞭炮{gap}闹 占着{gap}(?:诊室|窗口|通道) 霸着{gap}窗口 不让{gap}(?:挂号|看病|进|过|就诊|交费) 病人{gap}(?:跑了|吓跑|走了|不敢) 起哄
        2 {many} 喝多 醉汉 醉鬼 喝醉 捣乱 耍酒疯 酒疯 发酒疯
    """,
    ("incident", "extortion"): """
        4 医闹 敲诈 勒索 寻衅滋事 extort 讹 troublemaker blackmail
        2 开口要 不给钱就 要钱 封口费
        4 吃医院饭 专门{gap}闹 帮人闹 [一二三四五六七八九十几\d]+万{gap}(?:走|了事|私了|摆平) 私了 不给{gap}就 要挟 职业{gap}闹 碰瓷
    """,
    ("incident", "medical_tout"): """
        4 医托 拉病人 拉客 tout 带{gap}去别家 去别{gap}医院看 小诊所 骗{gap}去{gap}看
        2 private_clinic 拉人 别家看
        4 搭讪 (?:带|领|拉|介绍|引|劝){gap}(?:病人|患者|他|她|人|老人){gap}(?:走|去|到|往|别|外|私) 往{gap}(?:私人|外面|别的){gap}(?:诊所|医院|门诊) 认识{gap}专家 私人诊所 揽客 别的医院{gap}好
    """,
    ("incident", "ticket_tout"): """
        4 号贩子 黄牛 倒号 卖号 倒卖{gap}号 票贩子 加价{gap}号 scalper 抢号 倒卖号
        3 专家号 要不要号 号{gap}加?[一二三四五六七八九几\\d]百 代挂号 代抢
        4 (?:一沓|十几张|好几张|一叠|很多|多张){gap}身份证 取号 占号 囤号 刷号 (?:卖|倒|炒|收){gap}号 高价号 帮挂号 挂号{gap}加钱 号源 reselling appointments
    """,
    ("incident", "illegal_practice"): """
        4 非法行医 无证行医 假医生 unlicensed 没证 无证 冒充医生{gap}(?:看|扎|打|治) 不是我们的医生 游医 黑诊所 fake_doctor
        3 {gap}开诊所 私自{gap}(?:扎针|打针|输液) 给人看病 江湖郎中
        4 (?:自己|私自|偷偷|擅自){gap}(?:打针|输液|扎针|开刀|治病|看病|换药) 摆摊 拔火罐 看病收钱 针灸 {gap}卖药{gap}看病 偏方 神医 祖传 不是{gap}医生
    """,
    ("incident", "illegal_ads"): """
        4 小广告 发传单 非法广告 贴广告 小卡片 卡片 传单 flyer leaflet 广告 发卡片 塞卡
        4 办证 名片 (?:贴|发|塞|撒|喷|插){gap}(?:广告|传单|卡|单子|宣传|名片|推销|纸) 性病 治不孕 男科 二维码贴 牛皮癣 宣传单 poster promot 贴满
    """,
    ("incident", "traffic"): """
        4 车祸 撞车 追尾 刮蹭 剐蹭 车{gap}(?:撞|碰|刮) 被车 car_crash crash 交通事故 堵车 堵死
        3 撞人 交通 traffic 撞了 车{gap}(?:堵|动不了) 刮了 run_over hit_by_a_car collision
        4 车{gap}(?:撞|蹭|刮|碰|倒了|翻|压|追|堵|别|带倒) 倒车 被{gap}车{gap}(?:撞|压|带|刮|碰) 带倒 抢车位 两{gap}车 压到脚 车祸 hit_a parked rear-ended bumped 逆行 肇事
    """,
    ("incident", "disaster"): """
        4 爆炸 炸弹 恐怖 纵火 地震 台风 停电 炸药 淹 水管爆 bomb explosion flood earthquake 断电 断水 暴雨 龙卷风 跳闸
        3 漏水 爆管 破坏 水{gap}(?:漫|喷) 塌 倒塌 雷击 power_cut outage blackout 煤气 燃气 氧气泄漏 泄漏
        4 (?:全|整|大面积|全院|一栋|楼|科){gap}(?:停电|没电|断电|停水|断水|黑了) 没电了 灌{gap}(?:水|进) 泡了 泡水 爆开 内涝 冰雹 投毒 毒气 化学品 不明气体 炸 断网 系统瘫痪 大水 雷
    """,
    ("incident", "drugs_lost"): """
        4 {drug}{gap}{less} {less}{gap}{drug} 少了药 麻精{gap}少 麻醉药{gap}柜 毒药 药柜{gap}撬
        2 麻醉药 精神药品 吗啡 芬太尼 麻精 morphine fentanyl {drug}
        1 {less}
        4 (?:药|麻|管制药|保险柜|保险箱){gap}(?:少一|少两|少[\d几]|没了|不见|撬|被盗|被偷) {drug}{gap}(?:少|缺|没|丢|不见|不够|不对|对不上) 瑞芬 舒芬 咪达唑仑 氯硝西泮 地西泮 可待因 精麻 一类药 毒麻 砒霜 midazolam diazepam fewer ampoule vial
    """,
    ("incident", "pathogen_lost"): """
        4 (?:菌|毒)(?:种|株){gap}{less} {less}{gap}(?:菌种|毒种|毒株|样本|culture) 样本{gap}{less} (?:culture|pathogen|virus){gap}{less}
        3 菌种 毒种 毒株 菌株 病毒样本 pathogen culture
        4 (?:菌|毒株|毒种|样本|标本|阳性|培养|病毒){gap}(?:少|丢|没|不见|找不|缺|泄漏|被拿) 标本{gap}(?:丢|不见|没) 病原 specimen swab
    """,
    ("incident", "radioactive_lost"): """
        4 放射源{gap}{less} 源{gap}{less} radioactive{gap}{less} 辐射报警 源盒
        3 放射源 辐射 radioactive 铱 钴 铯 同位素
        4 (?:源|碘|钴|铱|铯|锶|镭|核素|粒子){gap}(?:少|丢|没了|不见|找不|缺) 碘131 碘125 核素 粒子 放疗科{gap}源 isotope 铅罐 剂量报警
    """,
    ("incident", "explosive_lost"): """
        4 (?:酒精|氧气瓶|乙醚|汽油|易燃|易爆|丙酮|钢瓶|甲醇|flammable|solvent|cylinder|ether){gap}{less}
        4 {less}{gap}(?:酒精|乙醚|丙酮|汽油|易燃|易爆) 氧气瓶丢 酒精桶 氧气瓶{gap}(?:搬走|偷)
        3 易燃 易爆 flammable explosive
        4 (?:苯|醚|醇|丙酮|酒精|气瓶|钢瓶|甲醛|双氧水|易燃|危化品|试剂|汽油|煤油|氧气瓶){gap}(?:少|丢|没了|不见|找不|缺|拉走|搬走|被人|偷)
    """,
    ("incident", "mass_event"): """
        4 群体 集会 聚集 很多人聚 聚在 上百 几百人 好几百 讨薪 集体 crowd gathering protest 三车人 站满 请愿 静坐 罢工
        3 好多人 很多人 几十人 几十个 一大群 大批 demonstration
        4 {many}{gap}(?:聚|堵|坐|站|围|来|在|号|人|工|protest|gather) 罢工 堵在行政 越来越多 人还在增 抗议 示威 维权 集体{gap}(?:来|堵|停|辞|闹) 工资 拖欠 strike march
    """,
    ("incident", "petition"): """
        4 信访 上访 进京 去北京 petition 到市里告 去省里 市政府告 12345告 告状
        4 (?:去|到|上|往)(?:区|市|省|国|县)?{gap}(?:政府|卫健委|信访|纪委|北京|省里|中央|国务院|法院){gap} 卫健委 市长热线 举报信 政府门口 告御状 government 反映到市里 写信给市长
    """,
    ("incident", "media_hype"): """
        4 记者 媒体 抖音 直播 网上发 拍视频 曝光 热搜 发网上 发到网 自媒体 快手 微博 朋友圈 小红书 reporter media live_stream
        3 {gap}视频{gap}网 扛着摄像机 上电视 filming 炒作 journalist tiktok 舆情 拍{gap}视频 网红
        4 电视台 采访 (?:手机|拿着){gap}(?:拍|录|直播) 挂网上 挂{gap}网 网上{gap}(?:传|骂|说|曝|评|热|火) 评论 转发 公众号 视频号 博主 主播 上网 发{gap}(?:抖|网|群|微博|朋友圈|快手) 爆料 偷拍 viral posted online youtube tv_crew camera_crew
    """,
    ("incident", "gang"): """
        4 黑社会 涉黑 涉恶 保护伞 保护费 黑恶 gang 地头蛇 霸着 霸占 垄断 mafia 恶势力 纹身{gap}(?:来|闹|收)
        4 社会上的人 社会人 逼{gap}(?:交|给|让) 收{gap}(?:地盘|保护|管理|摊位)费 地盘 交钱 黑车 头子 混混 大哥 打手 收数 高利贷 讨债 带{gap}(?:小弟|马仔)
    """,
    ("incident", "industry_chaos"): """
        4 行业乱象 乱收费 过度医疗 overcharg 多收费 没用的检查 指定药店 外面{gap}买药 大处方 套餐检查 分解收费 骗保 套保 过度检查
        2 开单提成 收费{gap}乱
        4 指定 (?:重复|乱|多|超标|违规|自立){gap}收费 开{gap}(?:没用|不该|大|假|贵|一堆){gap}(?:药|检查|单|方) 不开发票 没发票 发票都没 挂床 虚假住院 器械{gap}买 假病历 统方 多记 unnecessary
    """,
    ("incident", "bribery"): """
        4 红包 回扣 贿赂 bribe kickback 送卡 送礼 请{gap}吃饭 塞钱 好处费 收礼 购物卡 塞{gap}信封
        2 药代 供应商
        4 (?:塞|送|收|给|拿|要){gap}(?:钱|卡|红包|礼|烟酒|信封|回扣|提成|好处) 吃请 宴请 医药代表 药企 提成 envelope gift_card
    """,
    ("incident", "fraud"): """
        4 诈骗 虚假宣传 骗子 骗钱 fraud scam 被骗 骗了 骗老人 冒充 假药 包治百病 pretend 电话诈骗 保健品 骗走 假扮
        3 骗 推销 impost 假冒
        4 假的 假{gap}(?:缴费|收费|码|二维码|票|药|护士|医生|工作人员|保安) 缴费码 上当 钱没了 骗{gap}(?:钱|老|病|交|押金|手术|医保) 以{gap}名义 假装 忽悠 中奖 转账 fake swindl tricked 谎称
    """,
    ("incident", "malpractice"): """
        4 医疗事故 用错药 打错 发错药 发错 手术失误 输错 开错 拿错药 malpractice wrong_drug wrong_ 给错 配错 血型错 过敏{gap}还
        3 差错 弄错 搞错 错药 药错 纱布 落{gap}肚子 抽错 overdose 剂量 送错
        1 错
        4 (?:药|针|液|血|水|牙|刀|部位|片子|报告|手术|剂量|病人|床号|标本){gap}(?:错|反了|串了|弄混|混了|多给|少给|漏) (?:拔|挂|输|打|给|用|开|发|切|抽|贴|拿|配)错 {gap}床的{gap}(?:挂|打|给|发|用)|(?:挂|打|给|用|发){gap}床的 十倍 落{gap}里面 遗留 过量 查对 没皮试 没做皮试 mistake wrong{gap}(?:dose|patient|site|side|blood) 漏诊 过敏{gap}休克
    """,
    ("incident", "safety_event"): """
        4 医疗安全事件 输血反应 院感 院内感染 adverse_event 抱错 感染{gap}例 不良事件 暴发 爆发感染 集体发烧
        4 (?:呼吸机|监护仪|除颤仪|麻醉机|ecmo|透析机){gap}(?:停|坏|断|没) (?:十几|好几|几)个?{gap}(?:发烧|发热|感染|拉肚子|腹泻)
        3 感染 输液反应 药物反应 ventilator 氧气{gap}断 非计划
        4 耐药 抱走 抱错 手环 停氧 氧气{gap}(?:断|停|没) (?:呼吸机|监护|除颤|麻醉机|透析){gap}(?:停|报警|坏|故障|没电|死) {gap}(?:个|例|名){gap}(?:感染|发热|发烧|腹泻|耐药|过敏|呕吐) 集体{gap}(?:腹泻|呕吐|中毒) 食物中毒 群体{gap}感染 断氧 聚集性 outbreak sentinel 心跳骤停 猝死
    """,
    ("entry", "hazard"): """
        4 {way}{gap}(?:堵|挡|占|锁|封|堆|关不上|推不开|打不开) (?:堵|挡|占|堆){gap}{way} 隐患 消防通道 安全出口 扶手 限位器 hazard
        4 灭火器 消火栓 消防栓 防火门 喷淋 疏散 应急灯 井盖 插线板 插排 电线{gap}(?:露|裸|乱|破|老化) 飞线 extinguisher railing
        4 电动车{gap}(?:充电|楼) 电瓶{gap}充电 充电{gap}(?:楼道|走廊) 私拉乱接 不安全 容易{gap}(?:摔|绊|滑|倒|砸) 地{gap}(?:滑|湿) slippery
        4 (?:exit|stairs|stairwell|corridor){gap}(?:block|lock|obstruct) block{gap}exit loose 没放牌 危险品{gap}放
        3 没锁 没人锁 没关 松了 松动 掉下来 要掉 裂了 裂缝 破了 断了 缺一块 积水 湿滑 没固定 杂物 堆 过期 电炉 外墙 护栏 栏杆
        3 抽烟 吸烟 烟头 火星 漏电 wet expired cable wires 不亮 地面 天花板 吊顶 玻璃{gap}(?:裂|碎|破) 窗{gap}(?:断|坏|关不)
        2 挡住 堵了 外人 台阶 楼梯 绊 滑 磨损 老化 漏水 生锈 坏了 纸箱 unlocked dangerous 怕{gap}出事 掉了 悬 水渍
        1 通道 栏 牌 坑 灯 出口
        3 {thing}{gap}{defect} {defect}{gap}{thing} 发烫 结冰 漏电 漏气 危险 出事 差点{gap}(?:摔|砸|绊|滑|撞|烧|掉) 绊 会{gap}(?:砸|掉|塌|倒|着火|摔)到? 电热毯 热得快 违规 no_sign trip slip_hazard about_to_fall
        2 看不见 黑咕隆咚 没有护栏 {way} 逃生 消防 插座 电线 防火 脚手架 fire_exit fire_door blocked left_standing 尖锐 隐蔽 没人管 敞着 露出来 缺口
        1 坏 {thing}
    """,
    ("entry", "fault"): """
        4 {device}{gap}(?:坏|{no}|黑|花|故障|失灵|断|卡|歪|死机|蓝屏|叫|慢|掉线|离线|停|乱|误报|松|出错) 故障 失灵 死机 黑屏 花屏
        4 {device}.{0,12}(?:down|broken|not_work|dead|offline|stuck|won't|does_not|doesn't|no_signal) 没图像 没画面 没信号
        3 不转 没反应 刷不开 刷不上 读不上 开不了机 不响 没声音 复位不了 抬不起 打不开 修一下 维修 报修 out_of_order broken 时间不准
        3 坏了 坏掉 不能用 用不了 不好使 不灵 没电 充不进 连不上 掉线 not_working 回放 叫人来修 找人修
        2 监控 摄像头 门禁 对讲机 安检机 巡更 闸机 报警器 camera {device} 不亮 修 坏
        1 不行了 没用
        3 {device}.{0,10}(?:坏|不|没|无|灰|黑|慢|脱|掉|误|雾|抖|白屏|卡|报错|停|一直|关不|糊|失|响|断|闪|脏|偏|off|nothing|fail|cut|error|black|frozen) (?:系统|设备|机器|机子|仪器|屏){gap}(?:坏|不|没|死|黑|卡|崩|瘫|断|down|fail)
        3 认不出 识别不 不识别 不认 吸不住 不抬 呼不 呼叫不 没电池 断网 断线 离线 没存 存不下 录不 看不到画面 掉电 灭了 没电了 关机 重启 报错 system_is_down not_recogni keeps_cutting shows_nothing
        2 机子 打卡器 指纹 车牌 电子门 磁力锁 栏杆不 玻璃门不 呼叫器 呼叫铃 门铃 大屏 画面 读卡 刷脸 履带 喊话器 录像 探头 system access_card 灯不亮 灯坏 停了
        1 坏 不能 没反应 卡 停 down
    """,
    ("entry", "complaint"): """
        4 投诉 complain 意见很大 提意见 差评 态度不好 态度差 服务差 不理人 爱理不理 推诿 12345
        3 态度 不满意 抱怨 反映 反应 嫌 不耐烦 没人管 没人理 等了{gap}小时 排了{gap}队 太慢 意见 不满 推来推去 not_happy rude unhappy
        2 要个说法 给{gap}答复 凶 收费 饭菜 太脏 吵 停车费 多收 wait 表扬信 厕所脏
        3 {person}{gap}{says}.{0,14}{matter} {says}.{0,10}{matter}{gap}(?:差|慢|贵|脏|乱|凉|高|长|久|没|不|吵|重|凶|少) 不高兴 不服气 意见箱 热线 告状 翻白眼 打发 要{gap}道歉 嫌 不满 嘟囔 坑 upset rude
        2 {says}.{0,8}{matter} 要求换 换人 半天不来 挂不上 没人接 没人应 不及时 不热情 冷漠 解释不清 太贵 太差 太久 来信 信访件 工单 manager bill service
        1 贵 慢 脏 差
    """,
    THREAT: """
        4 盯着 盯一下 重点人员 重点关注 前科 同归于尽 跟踪 尾随 暴力倾向 留个心 要留心 watch_him 死给 都别活 缠着 跟到 follow
        4 放狠话 早晚{gap}(?:弄|砍|杀|打|收拾) 怕他 怕她 我怕 害怕 好看 包里{gap}刀 打听{gap}(?:下班|住) 又来了{gap}(?:盯|上次) 扬言 报复
        3 威胁 天天来 老来 又来 转悠 门口转 老是 情绪{gap}激动 多次 不给{gap}说法就 弄死 砍死 砍人 要杀 恐吓 threat kill come_back stalk
        2 一直不满 提醒 注意 登记一下 小心点 扬言 光头 黑衣 可疑 鬼鬼祟祟 suspicious gun 蹲 来了{gap}次
        4 (?:守|等|转|晃|盯|蹲|跟|徘徊|溜达|堵)(?:着|在)?{gap}{staff} (?:天天|每天|连着|[一二三四五几\d]+天|好几天|一直|总是|经常|老是|老){gap}(?:来|守|转|晃|等|蹲|跟|找|盯|站|在) (?:问|打听|知道|查|套){gap}{staff}{gap}(?:下班|住|家|孩子|车|电话|几点|排班) 垫背 陪葬 血债 别想安生 砍过 打过人 出过事 闹过 揣着 攥着 纸条 恐吓信 怀恨 记恨 想不通{gap}医生 keeps_asking keeps_coming waits_for waiting_for_the
        3 (?:留神|当心|防着|提防|留意|关注|小心)(?:点|一下|下|着)? 瘆人 吓人 可怕 眼神 不对劲 不怀好意 在晃 转来转去 (?:转|晃|守|蹲)了 没带孩子 不客气 偿命 活不长 孩子在哪 上学 又来 又在 之前{gap}(?:打|闹|砍) 黑名单 极端 偏激 danger stalking leaves_work lurking hanging_around
        2 {person}{gap}(?:守|转|晃|盯|蹲) 担心 提醒大家 发微信 打电话{gap}(?:威胁|骂) 陌生
    """,
    ("entry", "clue"): """
        4 线索 听说 举报 据说 摸排 匿名 知情人 tip 群众反映 有人看到 clue anonymous 疑似
        3 听{gap}讲 有人反映 看到有人 勾结 好像有人 heard 传言 可能涉黑 rumour rumor 微信群
        2 偷偷 团伙 倒卖
        4 (?:有人|群众|知情|保洁|同事|邻居|老板|护士|护工|司机|病人|保安){gap}(?:私下|透露|告诉我|跟我说|跟我讲|反映|举报|爆料|看见|看到|悄悄) 私下 透露 匿名 来电 来信举报 得知 风声 据{gap}(?:说|讲|反映|了解) 疑 someone_told told_me heard_that rumou?r ring_selling
        3 专门{gap}(?:租|收|卖|倒|骗|教|拉|做) 一伙 背后有人 罩着 勾结 合伙 串通 骗保 药贩子 病历卡 医保卡 常有人 有人在{gap}(?:收|租|卖|赌|倒)
        1 偷偷 有人
    """,
    ("entry", "seizure"): """
        4 安检{gap}(?:查|收|扣|发现|拦|搜){gap} 查获 没收 暂存 收缴 缴获 违禁 管制刀具 screening 拦下 查到{gap}{weapon} 翻出{gap}{weapon}
        4 过安检 查扣 扣下{gap}{weapon} 包里{gap}{weapon} 上交 seized confiscat 安检{gap}{weapon} found{gap}{weapon}
        2 安检 搜出 水果刀 打火机 {weapon}
        4 (?:查|搜|翻|扣|收|拿|拦|缴)(?:包)?(?:出|到|了|下|上)?(?:来)?{gap}{weapon} {weapon}{gap}(?:扣|收了|没收|拦|暂存|上交|交派出所|不让带|代管|保管) 不让带 过机 过检 查包 给收了 收上来 we_kept kept_it in_the_bag in_his_bag 仿真枪 硫酸 农药 煤油
        2 x-ray machete blade bag 包里 安检员 保管
    """,
    ("entry", "check"): """
        4 {drug}{gap}{counted} {counted}{gap}{drug} 账物 相符 {counted}{gap}(?:菌种|放射源|危化|毒种|毒麻) 账对不上 跟账 双人核对
        4 (?:放射源|危化品|菌种|毒株|易制毒|剧毒|毒麻药|麻醉药品?|精神药品?|试剂|narcotic|radioactive){gap}{counted} match{gap}book
        2 清点 盘点 对上了 在位 危化品 账 库存
        4 (?:毒麻|麻醉|精神药|精麻|{drug}|放射源|源|危化|菌|毒株|剧毒|试剂|二类|一类){gap}(?:{counted}|点|对账|核对|核查|对得上|齐|没差|无误|相符|都对|一致) (?:数目|数量|实物|账面|账){gap}(?:对|符|一致|没差|齐|差) 登记本 月底对账 点名 专柜 专册 核查 都对 对得上 无误
        1 登记 柜
    """,
}

CODED = {
    "system": {
        "video": "监控 摄像 探头 录像 录相 硬盘 监视 画面 花屏 camera cctv monitor",
        "alarm": "报警 按钮 按纽 警铃 alarm button",
        "access": "门禁 刷卡 刷不 闸机 道闸 人脸 大门门 门锁 读卡 access reader turnstile",
        "patrol": "巡更 巡查棒 巡检棒 patrol",
        "screening": "安检 探测 x光 传送带 scanner detector screening",
    },
    "item": {
        "knife": "刀 剪 匕首 斧 knife knives blade scissors",
        "flammable": "打火机 汽油 酒精 鞭炮 烟花 易燃 爆 煤油 lighter petrol firework",
        "poison": "毒 农药 硫酸 盐酸 腐蚀 poison acid",
        "firearm": "枪 子弹 弹药 gun bullet",
    },
    "material": {
        "drugs": "麻 精神药 吗啡 芬太尼 杜冷丁 narcotic morphine",
        "pathogen": "菌 毒株 毒种 样本 pathogen culture",
        "radioactive": "放射 辐射 铱 radioactive",
        "explosive": "易燃 易爆 危化 酒精 乙醚 氧气瓶 flammable",
    },
}
"""What a coded answer of a register is called by those who write of it."""

_MIXED_UP = """
violence_staff violence_patient insult
violence_patient violence_staff mental_patient
insult threat_to_staff violence_staff
threat_to_staff threat insult
threat threat_to_staff insult
dispute complaint extortion
complaint dispute insult
theft clue fraud
fire hazard disaster
hazard fault patient_injury
fault hazard disaster
patient_injury hazard mental_patient
mental_patient violence_staff patient_injury
restraint driving_away mob
mob driving_away violence_staff
driving_away mob insult
banner driving_away mass_event
wreath mourning_hall driving_away
mourning_hall wreath body_left
body_left mourning_hall dispute
extortion dispute driving_away
medical_tout fraud ticket_tout
ticket_tout medical_tout clue
illegal_practice fraud clue
illegal_ads medical_tout fraud
traffic hazard driving_away
disaster hazard fault
drugs_lost check theft
pathogen_lost check theft
radioactive_lost check theft
explosive_lost check theft
mass_event driving_away petition
petition dispute mass_event
media_hype dispute driving_away
gang clue extortion
industry_chaos complaint clue
bribery clue industry_chaos
fraud theft clue
malpractice safety_event dispute
safety_event malpractice disaster
clue fraud gang
seizure hazard violence_staff
check drugs_lost explosive_lost
"""
"""What each kind is most easily taken for, or taken instead of."""


def _beside() -> dict[Kind, tuple[Kind, ...]]:
    by_code = {kind[1] or kind[0]: kind for kind in HINTS}
    rows = (line.split() for line in _MIXED_UP.strip().splitlines())
    return {by_code[code]: tuple(by_code[other] for other in others) for code, *others in rows}


BESIDE = _beside()
