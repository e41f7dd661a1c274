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
    """,
    ("incident", "insult"): """
        4 辱骂 骂医生 骂护士 骂大夫 骂保安 骂人 侮辱 骂骂咧咧 爆粗 脏话 骂娘 吐口水 吐痰 骚扰 下流 流氓话 羞辱
        3 骂 骂我 骂哭 嘴巴不干净 难听 指着鼻子 swear insult abuse abusive curs yell shout verbal 羞辱 庸医 动手动脚
        2 恐吓 威胁 吼 凶 threat 嘲讽 阴阳怪气
    """,
    ("incident", "threat_to_staff"): """
        4 扬言 要杀 弄死 砍死 打死 杀了 捅死 放话 要打{staff} 放火 kill burn_this shoot
        4 (?:小心点|等着瞧|走着瞧|要你好看|要我好看|收拾你|收拾我|收拾他|弄你|弄我|报复)
        3 威胁 恐吓 要打 threaten threat 放狠话 找人来 道上 出去{gap}(?:弄|打) 下班{gap}小心 要命
    """,
    ("incident", "dispute"): """
        4 医患纠纷 医疗纠纷 纠纷 讨说法 要说法 要个说法 索赔 dispute compensation
        3 赔偿 赔钱 退费 退钱 要赔 打官司 误诊 治坏 没治好 不认账 复印病历 封存病历 不满意治疗 讨个说法 起诉 sue lawsuit refund
        2 手术没做好 不接受 {gap}在医务科 谈不拢 医务科 给个说法 要求{gap}赔 人没了 没抢救过来 没救回来 尸检 鉴定
        1 投诉 家属{gap}(?:不走|不满|闹)
    """,
    ("incident", "theft"): """
        4 偷 盗 扒窃 小偷 扒手 被盗 丢了手机 丢东西 被顺走 theft stole thief pickpocket
        3 钱包 手机(?:不见|没了|丢) (?:包|钱|手机|电脑|东西|衣服|首饰|车|泵|机){gap}(?:不见|没了|丢了|没有了|少了|翻过)
        3 顺走 剪走 拿走 wallet missing_phone robbed
        2 丢了 不见了 被人翻 少了现金 东西没了 被人拿 手机 少了
    """,
    ("incident", "fire"): """
        4 着火 火灾 起火 冒烟 失火 火情 烧起来 着起来 冒火 火苗 有烟 fire burning smoke flames
        3 烟雾 焦糊 糊味 烧焦 焦味 烟很大 烟越来越 浓烟 烟感 火警 扑灭 烧着 burnt_smell
        1 烧 烟
    """,
    ("incident", "patient_injury"): """
        4 摔倒 跌倒 摔了 摔跤 滑倒 坠楼 坠床 走失 自杀 轻生 跳楼 割腕 上吊 走丢 自残 掉下床 fell suicide
        4 {patient}{gap}(?:摔|跌|不见|跑了|走丢|找不到|滚下|晕倒|昏倒|撞到|磕|烫伤|坠|逃) 从{gap}(?:摔|掉|滚|跌)下
        3 床上{gap}掉 晕倒 昏倒 磕 轮椅翻 烫伤 噎 要跳 想不开 头破 jump {patient}{gap}missing missing{gap}patient fainted
        2 fall 撞到头 骨折 摔 出走 失踪 跌
    """,
    ("incident", "mental_patient"): """
        4 精神病 精神障碍 精神异常 发病伤人 精神科 疯子 发疯 躁狂 幻觉 精神分裂 psychiatric 神志不清 武疯子 精神失常
        3 胡言乱语 脱光 裸 乱跑乱叫 吸毒 控制不住 失控 manic delusion out_of_control 自言自语
    """,
    ("incident", "violence_patient"): """
        4 打患者 打病人 病人被打 患者被打 病人打病人 patient_attacked 家属之间 互殴 打老人 虐待 病人互
        4 (?:hit|attack|slap|punch|beat|kick){gap}(?:{patient}|visitor) {patient}{gap}(?:attacked|hit){gap}another
        4 {patient}{gap}被{gap}打 (?:打|揍|踢|掐|虐){gap}(?:{patient}) (?:两个|两家|几个){gap}打
        2 打起来 打架 斗殴 fight 隔壁床 陪护打
    """,
    ("incident", "restraint"): """
        4 不让走 扣留 围住医生 限制自由 锁在 扣下 held_against 不让{gap}(?:走|下班|离开|出去|出来) 非法拘禁 hostage locked
        4 {staff}{gap}(?:围|堵|关|锁)在 (?:围|堵|关|锁|拦)(?:着|住)?{gap}{staff} 出不来 被困
        2 拦着 拦住 围住 堵在
    """,
    ("incident", "mob"): """
        4 打砸 围堵 聚众 冲击 mob smash (?:帮|伙|群|十几个|几十个|多个)人?{gap}(?:冲进|砸|打砸|围) 砸了{gap}(?:急诊|护士站|诊室|大厅)
        3 砸东西 blockade riot 砸了 砸烂 给砸 砸坏 砸{gap}(?:电脑|玻璃|门|设备) 掀桌 掀了
        2 砸 冲进来 围了 一帮人 一伙人 一群人
    """,
    ("incident", "banner"): "4 横幅 条幅 标语 白布黑字 拉条 白布 举牌 banner placard",
    ("incident", "wreath"): "4 花圈 花篮闹 wreath",
    ("incident", "mourning_hall"): """
        4 灵堂 烧纸 祭奠 遗像 哭丧 纸钱 披麻戴孝 mourning 点蜡烛 磕头烧香
    """,
    ("incident", "body_left"): """
        4 停尸 尸体 遗体 不肯移 corpse dead_body the_body 死人{gap}停 人死了{gap}停 不让{gap}太平间 死者{gap}停
    """,
    ("incident", "driving_away"): """
        4 驱赶 不让看病 堵门 堵住大门 扰乱秩序 堵{gap}(?:大门|门口|通道|急诊){gap}不让 赶走 不敢看病 影响看病 chase disrupt
        4 不让{gap}(?:病人|患者|救护车|人){gap}进 救护车进不来
        3 吵闹 闹事 大吵大闹 disturb blocking block_the 秩序 堵大门 大闹 撒泼 醉 影响{gap}(?:就诊|就医|秩序)
        2 闹 吵 drunk 坐在 躺在地上
    """,
    ("incident", "extortion"): """
        4 医闹 敲诈 勒索 寻衅滋事 extort 讹 troublemaker blackmail
        2 开口要 不给钱就 要钱 封口费
    """,
    ("incident", "medical_tout"): """
        4 医托 拉病人 拉客 tout 带{gap}去别家 去别{gap}医院看 小诊所 骗{gap}去{gap}看
        2 private_clinic 拉人 别家看
    """,
    ("incident", "ticket_tout"): """
        4 号贩子 黄牛 倒号 卖号 倒卖{gap}号 票贩子 加价{gap}号 scalper 抢号 倒卖号
        3 专家号 要不要号 号{gap}加?[一二三四五六七八九几\\d]百 代挂号 代抢
    """,
    ("incident", "illegal_practice"): """
        4 非法行医 无证行医 假医生 unlicensed 没证 无证 冒充医生{gap}(?:看|扎|打|治) 不是我们的医生 游医 黑诊所 fake_doctor
        3 {gap}开诊所 私自{gap}(?:扎针|打针|输液) 给人看病 江湖郎中
    """,
    ("incident", "illegal_ads"): """
        4 小广告 发传单 非法广告 贴广告 小卡片 卡片 传单 flyer leaflet 广告 发卡片 塞卡
    """,
    ("incident", "traffic"): """
        4 车祸 撞车 追尾 刮蹭 剐蹭 车{gap}(?:撞|碰|刮) 被车 car_crash crash 交通事故 堵车 堵死
        3 撞人 交通 traffic 撞了 车{gap}(?:堵|动不了) 刮了 run_over hit_by_a_car collision
    """,
    ("incident", "disaster"): """
        4 爆炸 炸弹 恐怖 纵火 地震 台风 停电 炸药 淹 水管爆 bomb explosion flood earthquake 断电 断水 暴雨 龙卷风 跳闸
        3 漏水 爆管 破坏 水{gap}(?:漫|喷) 塌 倒塌 雷击 power_cut outage blackout 煤气 燃气 氧气泄漏 泄漏
    """,
    ("incident", "drugs_lost"): """
        4 {drug}{gap}{less} {less}{gap}{drug} 少了药 麻精{gap}少 麻醉药{gap}柜 毒药 药柜{gap}撬
        2 麻醉药 精神药品 吗啡 芬太尼 麻精 morphine fentanyl {drug}
        1 {less}
    """,
    ("incident", "pathogen_lost"): """
        4 (?:菌|毒)(?:种|株){gap}{less} {less}{gap}(?:菌种|毒种|毒株|样本|culture) 样本{gap}{less} (?:culture|pathogen|virus){gap}{less}
        3 菌种 毒种 毒株 菌株 病毒样本 pathogen culture
    """,
    ("incident", "radioactive_lost"): """
        4 放射源{gap}{less} 源{gap}{less} radioactive{gap}{less} 辐射报警 源盒
        3 放射源 辐射 radioactive 铱 钴 铯 同位素
    """,
    ("incident", "explosive_lost"): """
        4 (?:酒精|氧气瓶|乙醚|汽油|易燃|易爆|丙酮|钢瓶|甲醇|flammable|solvent|cylinder|ether){gap}{less}
        4 {less}{gap}(?:酒精|乙醚|丙酮|汽油|易燃|易爆) 氧气瓶丢 酒精桶 氧气瓶{gap}(?:搬走|偷)
        3 易燃 易爆 flammable explosive
    """,
    ("incident", "mass_event"): """
        4 群体 集会 聚集 很多人聚 聚在 上百 几百人 好几百 讨薪 集体 crowd gathering protest 三车人 站满 请愿 静坐 罢工
        3 好多人 很多人 几十人 几十个 一大群 大批 demonstration
    """,
    ("incident", "petition"): "4 信访 上访 进京 去北京 petition 到市里告 去省里 市政府告 12345告 告状",
    ("incident", "media_hype"): """
        4 记者 媒体 抖音 直播 网上发 拍视频 曝光 热搜 发网上 发到网 自媒体 快手 微博 朋友圈 小红书 reporter media live_stream
        3 {gap}视频{gap}网 扛着摄像机 上电视 filming 炒作 journalist tiktok 舆情 拍{gap}视频 网红
    """,
    ("incident", "gang"): """
        4 黑社会 涉黑 涉恶 保护伞 保护费 黑恶 gang 地头蛇 霸着 霸占 垄断 mafia 恶势力 纹身{gap}(?:来|闹|收)
    """,
    ("incident", "industry_chaos"): """
        4 行业乱象 乱收费 过度医疗 overcharg 多收费 没用的检查 指定药店 外面{gap}买药 大处方 套餐检查 分解收费 骗保 套保 过度检查
        2 开单提成 收费{gap}乱
    """,
    ("incident", "bribery"): """
        4 红包 回扣 贿赂 bribe kickback 送卡 送礼 请{gap}吃饭 塞钱 好处费 收礼 购物卡 塞{gap}信封
        2 药代 供应商
    """,
    ("incident", "fraud"): """
        4 诈骗 虚假宣传 骗子 骗钱 fraud scam 被骗 骗了 骗老人 冒充 假药 包治百病 pretend 电话诈骗 保健品 骗走 假扮
        3 骗 推销 impost 假冒
    """,
    ("incident", "malpractice"): """
        4 医疗事故 用错药 打错 发错药 发错 手术失误 输错 开错 拿错药 malpractice wrong_drug wrong_ 给错 配错 血型错 过敏{gap}还
        3 差错 弄错 搞错 错药 药错 纱布 落{gap}肚子 抽错 overdose 剂量 送错
        1 错
    """,
    ("incident", "safety_event"): """
        4 医疗安全事件 输血反应 院感 院内感染 adverse_event 抱错 感染{gap}例 不良事件 暴发 爆发感染 集体发烧
        4 (?:呼吸机|监护仪|除颤仪|麻醉机|ecmo|透析机){gap}(?:停|坏|断|没) (?:十几|好几|几)个?{gap}(?:发烧|发热|感染|拉肚子|腹泻)
        3 感染 输液反应 药物反应 ventilator 氧气{gap}断 非计划
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
    """,
    ("entry", "fault"): """
        4 {device}{gap}(?:坏|{no}|黑|花|故障|失灵|断|卡|歪|死机|蓝屏|叫|慢|掉线|离线|停|乱|误报|松|出错) 故障 失灵 死机 黑屏 花屏
        4 {device}.{0,12}(?:down|broken|not_work|dead|offline|stuck|won't|does_not|doesn't|no_signal) 没图像 没画面 没信号
        3 不转 没反应 刷不开 刷不上 读不上 开不了机 不响 没声音 复位不了 抬不起 打不开 修一下 维修 报修 out_of_order broken 时间不准
        3 坏了 坏掉 不能用 用不了 不好使 不灵 没电 充不进 连不上 掉线 not_working 回放 叫人来修 找人修
        2 监控 摄像头 门禁 对讲机 安检机 巡更 闸机 报警器 camera {device} 不亮 修 坏
        1 不行了 没用
    """,
    ("entry", "complaint"): """
        4 投诉 complain 意见很大 提意见 差评 态度不好 态度差 服务差 不理人 爱理不理 推诿 12345
        3 态度 不满意 抱怨 反映 反应 嫌 不耐烦 没人管 没人理 等了{gap}小时 排了{gap}队 太慢 意见 不满 推来推去 not_happy rude unhappy
        2 要个说法 给{gap}答复 凶 收费 饭菜 太脏 吵 停车费 多收 wait 表扬信 厕所脏
    """,
    THREAT: """
        4 盯着 盯一下 重点人员 重点关注 前科 同归于尽 跟踪 尾随 暴力倾向 留个心 要留心 watch_him 死给 都别活 缠着 跟到 follow
        4 放狠话 早晚{gap}(?:弄|砍|杀|打|收拾) 怕他 怕她 我怕 害怕 好看 包里{gap}刀 打听{gap}(?:下班|住) 又来了{gap}(?:盯|上次) 扬言 报复
        3 威胁 天天来 老来 又来 转悠 门口转 老是 情绪{gap}激动 多次 不给{gap}说法就 弄死 砍死 砍人 要杀 恐吓 threat kill come_back stalk
        2 一直不满 提醒 注意 登记一下 小心点 扬言 光头 黑衣 可疑 鬼鬼祟祟 suspicious gun 蹲 来了{gap}次
    """,
    ("entry", "clue"): """
        4 线索 听说 举报 据说 摸排 匿名 知情人 tip 群众反映 有人看到 clue anonymous 疑似
        3 听{gap}讲 有人反映 看到有人 勾结 好像有人 heard 传言 可能涉黑 rumour rumor 微信群
        2 偷偷 团伙 倒卖
    """,
    ("entry", "seizure"): """
        4 安检{gap}(?:查|收|扣|发现|拦|搜){gap} 查获 没收 暂存 收缴 缴获 违禁 管制刀具 screening 拦下 查到{gap}{weapon} 翻出{gap}{weapon}
        4 过安检 查扣 扣下{gap}{weapon} 包里{gap}{weapon} 上交 seized confiscat 安检{gap}{weapon} found{gap}{weapon}
        2 安检 搜出 水果刀 打火机 {weapon}
    """,
    ("entry", "check"): """
        4 {drug}{gap}{counted} {counted}{gap}{drug} 账物 相符 {counted}{gap}(?:菌种|放射源|危化|毒种|毒麻) 账对不上 跟账 双人核对
        4 (?:放射源|危化品|菌种|毒株|易制毒|剧毒|毒麻药|麻醉药品?|精神药品?|试剂|narcotic|radioactive){gap}{counted} match{gap}book
        2 清点 盘点 对上了 在位 危化品 账 库存
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
