import Charts

/// The style sheet of a page.
enum PageStyle {
    static let sheet =
        variables(.light, in: ":root") + "@media screen and (prefers-color-scheme:dark){\n"
        + variables(.dark, in: ":root") + "}\n"
        + rules

    private static func variables(_ palette: Palette, in selector: String) -> String {
        let isDark = palette.paper == Palette.dark.paper
        let values = [
            ("paper", palette.paper), ("ink", palette.ink), ("muted", palette.muted), ("line", palette.grid),
            ("stripe", palette.stripe), ("link", palette.series[0]), ("neutral", palette.series[0]),
            ("good", palette.good), ("bad", palette.bad), ("caution", palette.caution),
            ("on-tone", isDark ? palette.onFar : palette.paper), ("string", palette.good),
            ("keyword", palette.series[3]),
            ("number", palette.series[1]),
        ]
        return selector + "{" + values.map { "--\($0):\($1)" }.joined(separator: ";") + "}\n"
    }

    private static let rules = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 \(ChartStyle.fonts);overflow-wrap:break-word}
        main{max-width:880px;margin:0 auto;padding:56px 24px 96px}
        header{margin-bottom:32px}
        h1,h2,h3,h4,h5,h6{line-height:1.25;text-wrap:balance;break-after:avoid}
        h1{font-size:2.1rem;letter-spacing:-.02em;margin:0;font-weight:720}
        h2{font-size:1.4rem;letter-spacing:-.01em;margin:52px 0 12px;padding-top:20px;border-top:1px solid var(--line)}
        h3{font-size:1.12rem;margin:36px 0 8px}
        h4,h5,h6{font-size:1rem;margin:28px 0 6px}
        p,ul,ol,blockquote{margin:12px 0}
        li{margin:4px 0}
        a{color:var(--link);text-underline-offset:2px}
        .subtitle{color:var(--muted);font-size:1.08rem;margin:8px 0 0}
        .note,.detail{color:var(--muted);font-size:.86rem}
        .note{margin:8px 0 0}
        blockquote{border-left:3px solid var(--line);padding-left:16px;color:var(--muted)}
        hr{border:0;border-top:1px solid var(--line);margin:40px 0}
        code,samp,pre{font-family:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono","Noto Sans Mono CJK SC",monospace;font-size:.86rem}
        :not(pre)>code{background:var(--stripe);border:1px solid var(--line);border-radius:4px;padding:.08em .36em}
        pre{margin:16px 0;padding:14px 16px;border-radius:8px;overflow-x:auto;line-height:1.5;tab-size:4}
        pre code,pre samp{font-size:.84rem}
        .code,.prose pre{background:var(--stripe);border:1px solid var(--line)}
        .output{padding:2px 16px;border-left:3px solid var(--line);border-radius:0}
        .comment{color:var(--muted);font-style:italic}
        .string{color:var(--string)}
        .keyword{color:var(--keyword)}
        .number{color:var(--number)}
        .table,.prose>table{margin:20px 0 0;overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums;line-height:1.4}
        caption{text-align:left;font-weight:650;padding:0 0 8px}
        th,td{text-align:left;padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
        th:last-child,td:last-child{padding-right:4px}
        thead th{color:var(--muted);font-weight:600;font-size:.82rem;border-bottom-color:var(--muted);vertical-align:bottom}
        tbody th{font-weight:500}
        [align=right]{text-align:right}
        [align=center]{text-align:center}
        .n{text-align:right;white-space:nowrap;padding-left:10px}
        thead .n{white-space:normal}
        .s{white-space:nowrap}
        .l{min-width:9em;overflow-wrap:anywhere}
        .group th{font-weight:650;padding-top:16px}
        figure{margin:28px 0;break-inside:avoid}
        figcaption{margin-bottom:12px}
        figcaption strong{display:block;font-weight:650}
        figcaption span{color:var(--muted);font-size:.9rem}
        .narrow{display:none}
        details{margin:12px 0}
        summary{cursor:pointer;color:var(--muted);font-size:.9rem;width:fit-content;border-radius:4px}
        summary:hover{color:var(--ink)}
        :focus-visible{outline:2px solid var(--link);outline-offset:3px}
        .verdict,.callout{--tone:var(--neutral);border:1px solid var(--line);border-left:6px solid var(--tone);border-radius:10px;padding:22px 26px;margin:24px 0;background:var(--stripe);break-inside:avoid}
        .good{--tone:var(--good)}
        .bad{--tone:var(--bad)}
        .caution{--tone:var(--caution)}
        .decision{display:inline-block;margin:0;padding:3px 12px;border-radius:999px;background:var(--tone);color:var(--on-tone);font-weight:700;font-size:.86rem;letter-spacing:.06em}
        .sentence{font-size:1.24rem;line-height:1.4;font-weight:600;margin:12px 0 4px;text-wrap:pretty}
        p,li{max-width:50rem}
        .callout{padding:14px 20px;border-left-width:4px}
        .callout-title{margin:0;color:var(--tone);font-weight:700}
        .callout p:last-child,.callout pre:last-child{margin-bottom:0}
        .callout-title+p{margin-top:4px}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:18px 24px;margin:22px 0 4px}
        .figures>div{--tone:var(--ink);border-top:2px solid var(--line);padding-top:10px}
        .figures>.good{--tone:var(--good)}
        .figures>.bad{--tone:var(--bad)}
        .figures>.caution{--tone:var(--caution)}
        dt{color:var(--muted);font-size:.86rem}
        dd{margin:0}
        .value{color:var(--tone);font-size:1.6rem;line-height:1.25;font-weight:680;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
        :lang(zh) h1,:lang(zh) h2,:lang(zh) .decision{letter-spacing:0}
        :lang(zh){line-break:strict;text-autospace:normal}
        .dense{font-size:.86rem}
        .dense th,.dense td{padding-right:8px}
        .dense .n{padding-left:6px}
        .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        @media (max-width:600px){
        main{padding:28px 18px 64px}
        h1{font-size:1.6rem}
        h2{font-size:1.24rem;margin-top:40px}
        .verdict{padding:18px}
        .sentence{font-size:1.1rem}
        .wide{display:none}
        .narrow{display:block}
        tbody th[scope=row]{position:sticky;left:0;background:var(--paper);box-shadow:inset 0 -1px var(--line)}
        }
        @media print{
        @page{margin:18mm 16mm}
        html{font-size:12.5px}
        body{font-size:10pt}
        main{max-width:none;padding:0}
        .table{overflow:visible}
        .dense{font-size:7pt}
        .dense th,.dense td{padding:3pt 5pt 3pt 0}
        .s,.n{white-space:normal}
        figcaption,.group{break-after:avoid}
        pre{white-space:pre-wrap;overflow:visible}
        thead{display:table-header-group}
        tr{break-inside:avoid}
        .verdict,.callout,.decision{print-color-adjust:exact;-webkit-print-color-adjust:exact}
        .chart{print-color-adjust:exact;-webkit-print-color-adjust:exact}
        details.data{display:none}
        details::details-content{content-visibility:visible;block-size:auto}
        a{color:inherit}
        }

        """
}
