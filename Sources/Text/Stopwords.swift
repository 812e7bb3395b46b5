/// Words that say nothing about a text's subject.
public enum Stopwords {
    /// A language with a list.
    public enum Language: String, CaseIterable, Sendable {
        /// English.
        case english = "en"
        /// Chinese, simplified.
        case chinese = "zh"
    }

    /// The list of a language, in lower case, in the order of its bytes.
    public static func list(_ language: Language) -> [String] {
        let text = language == .english ? english : chinese
        return text.split(whereSeparator: \.isWhitespace).map(String.init).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }

    private static let english = """
        a about above after again against all almost along already also although always am among an and another any anybody anyone
        anything are aren't around as at away back be became because become been before being below between both but by came can can't
        cannot come could couldn't did didn't do does doesn't doing don't done down during each either else enough etc even ever every
        everybody everyone everything few for from further get gets getting give given go goes going gone got had hadn't has hasn't
        have haven't having he he'd he'll he's hence her here here's hers herself him himself his how how's however i i'd i'll i'm i've
        if in indeed instead into is isn't it it'd it'll it's its itself just keep kept let let's like likely made make makes many may
        maybe me might mine more moreover most much must mustn't my myself near neither never no nobody none nor not nothing now of off
        often on once one only onto or other others ought our ours ourselves out over own per perhaps put quite rather really s same
        said say says see seem seems several shall she she'd she'll she's should shouldn't since so some somebody someone something
        still such t take than that that's the their theirs them themselves then there there's therefore these they they'd they'll
        they're they've thing things this those though through thus to together too toward towards under until up upon us use used
        using very via want was wasn't way we we'd we'll we're we've well went were weren't what what's when where whether which while
        who who's whole whom whose why will with within without won't would wouldn't yes yet you you'd you'll you're you've your yours
        yourself yourselves amp com gt hellip http https lt nbsp quot www
        """

    private static let chinese = """
        一 一下 一些 一个 一会 一会儿 一切 一定 一方面 一旦 一时 一样 一次 一点 一点儿 一直 一般 一起 一边 七 三 上 上去 上来 上面 下 下去 下来 下面 不 不但 不仅 不会
        不光 不再 不到 不只 不同 不如 不得 不想 不敢 不料 不是 不管 不能 不要 不论 不足 不过 不那么 与 与其 且 两 个 个个 中 为 为了 为什么 为何 主要 之 之一 之前 之后
        之间 乃 乃至 么 之类 九 也 也好 也就是说 也是 也许 了 二 于 于是 五 些 亦 人们 人家 什么 什么样 今 今后 今天 介于 仍 仍旧 仍然 从 从此 从而 他 他们 他人 以
        以上 以下 以便 以前 以及 以后 以外 以致 们 任 任何 任凭 会 似乎 但 但是 何 何况 何时 你 你们 使 使得 例如 依 依照 便 俺 倘若 借 值得 假如 像 儿 先 光 全 全体
        全部 八 六 兮 共 其 其中 其他 其实 其它 其次 具体 再 再者 再说 几 几乎 凡 凡是 出 出去 出来 分别 切 则 刚 刚刚 刚才 到 到底 前 前后 前者 前面 加 加之 十 却 去
        又 及 及其 及时 反之 反正 反而 发现 变成 叫 只 只是 只有 只能 只要 另 另一方面 另外 叨 可 可以 可是 可能 可见 各 各个 各位 各种 各自 同 同时 后 后来 后者 后面
        向 吗 否则 吧 吧哒 含 吱 呀 呃 呕 呗 呜 呢 呵 呵呵 呸 和 咋 咚 咦 咧 咱 咱们 哇 哈 哈哈 哉 哎 哎呀 哎哟 哗 哟 哦 哩 哪 哪个 哪些 哪儿 哪怕 哪样 哪里 哼 唉 唯有 啊
        啥 啦 喂 喏 喔 喽 嗡 嗬 嗯 嗳 嘎 嘘 嘛 嘻 嘿 四 因 因为 因此 因而 固然 在 在于 地 均 基本 处 多 多么 多少 大 大家 大概 大约 太 她 她们 好 好像 如 如上 如下 如何
        如其 如同 如果 如此 如若 始终 孰 宁 宁可 它 它们 对 对于 对方 对比 对待 将 小 尔 尔后 尚且 就 就是 就是说 就算 尽 尽管 居然 届时 岂 己 已 已经 巴 并 并不 并且 并非 应
        应该 应当 度 开始 归 当 当中 当地 当时 当然 彼 彼此 往 待 很 很多 得 得了 必须 快 怎 怎么 怎么办 怎么样 怎样 总之 总是 总的来说 恰恰 您 您们 情况 想 感到 感觉 慢说
        成为 我 我们 或 或是 或者 所 所以 所有 所谓 才 才能 打 把 投 抑或 拿 按 按照 挺 换句话说 据 据此 接着 故 故此 整个 方面 无 无论 既 既是 既然 日 时 时候 是 是以 是否
        是的 显然 显得 曾 曾经 替 最 最后 最好 最近 月 有 有关 有些 有人 有时 有时候 有的 有点 有点儿 望 朝 本 本人 本来 本着 本身 来 来着 来自 来说 极 极了 极其 果然 某 某个
        某些 根据 根本 正 正在 正如 正是 此 此外 此时 此次 每 每个 每天 每当 每次 比 比如 比方 比较 毫不 没 没有 没什么 沿 沿着 漫说 点 焉 然 然则 然后 然而 照 照着 特别 特别是 犹且
        甚而 甚至 用 用来 由 由于 由此 由此可见 的 的确 的话 直到 相对 相当 相比 看 看到 看看 看来 真 真是 真的 眨眼 着 着呢 知道 矣 确实 离 种 称 立刻 竟然 第 等 等到 等等 简直 管
        类似 米 算 算是 给 经 经常 经过 结果 继续 绝对 综上所述 罢了 者 而 而且 而况 而是 而言 而已 联系 肯定 能 能够 能否 腾 自 自从 自各儿 自家 自己 自身 至 至于 至今 至少 般的 若
        若是 若非 莫 莫不 虽 虽则 虽然 虽说 被 要 要不 要不是 要么 要是 要求 觉得 认为 让 许多 论 设使 该 说 说来 请 诸 诸位 谁 谁知 贼 起 起来 越 越是 距 跟 较 较之 边 过 过去
        过来 过程 还 还是 还有 还要 这 这个 这么 这么样 这么点儿 这些 这会儿 这儿 这就是说 这时 这是 这样 这次 这种 这般 这边 这里 进行 进而 连 连同 逐步 通常 通过 造成 遇到 道 那 那个
        那么 那么些 那么样 那些 那会儿 那儿 那是 那时 那样 那种 那般 那边 那里 都 都是 里 里面 重新 鉴于 问题 除 除了 除此之外 除非 随 随时 随着 难道 非但 非常 非得 靠 顺 顺着 首先 马上
        高兴 鄙人 年 天 次 号 买 买到 买的 买了 送 元 块 块钱 东西 收到 可惜 今年 去年 昨天 明天 之所以 只好 不好 更 更加 更多 最多 最少 终于 突然 完全 十分 有没有 是不是 不错
        """
}
