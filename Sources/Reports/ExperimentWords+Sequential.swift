import Charts
import Experiments
import Statistics

extension ExperimentWords {
    /// How what is believed after the data was computed: English, Chinese.
    func posteriors(_ result: ExperimentResult) -> [(String, String)] {
        if result.options.prior != nil {
            return [
                (
                    "P(better) and expected loss: normal posterior of the effect under the normal prior declared, `(δ̂/V + m/s²) / (1/V + 1/s²)` with variance `1 / (1/V + 1/s²)`.",
                    "更优概率与期望损失：按声明的正态先验，后验均值 `(δ̂/V + m/s²) / (1/V + 1/s²)`，方差 `1 / (1/V + 1/s²)`。"
                )
            ]
        }
        let used = Set(result.metrics.flatMap { $0.effects.compactMap(\.posterior) })
        var lines: [(String, String)] = []
        if used.contains("beta-binomial") {
            lines.append(
                (
                    "P(better), expected loss and credible intervals of shares: posteriors `Beta(1 + x, 1 + n − x)` of each arm, `P(b > a) = ∫ f_b F_a`, `E[(a − b)⁺] = ∫ F_b (1 − F_a)` by quadrature.",
                    "比例的更优概率、期望损失与可信区间：各组后验 `Beta(1 + x, 1 + n − x)`，`P(b > a) = ∫ f_b F_a`，`E[(a − b)⁺] = ∫ F_b (1 − F_a)`，数值积分。"
                ))
        }
        if used.contains("gamma-Poisson") {
            lines.append(
                (
                    "P(better), expected loss and credible intervals of counts that vary between units as a Poisson's do: posteriors `Gamma(½ + Σx, Σexposure)` of each arm (Jeffreys), by quadrature.",
                    "离散程度与泊松一致的计数：各组后验 `Gamma(½ + Σx, Σ暴露)`（Jeffreys 先验），数值积分。"
                ))
        }
        if used.contains("normal") {
            lines.append(
                (
                    "P(better) and expected loss of the others: normal posterior of the effect without a prior.",
                    "其余指标的更优概率与期望损失：无先验的正态后验。"
                ))
        }
        return lines
    }

    /// The way to look, with its formula: English, Chinese.
    func sequential(_ result: ExperimentResult) -> [(String, String)] {
        let width = "√((g+1)/g · ln((g+1)/α²))"
        switch result.options.sequential?.method {
        case .group(let plan):
            let formula: (String, String)
            switch plan.boundary {
            case .spending(.obrienFleming):
                formula = (
                    "error spent by a share t of the units `4 − 4Φ(z(α/4)/√t)`", "信息比例 t 时累计花费 `4 − 4Φ(z(α/4)/√t)`"
                )
            case .spending(.pocock):
                formula = (
                    "error spent by a share t of the units `α ln(1 + (e − 1)t)`", "信息比例 t 时累计花费 `α ln(1 + (e − 1)t)`"
                )
            case .spending(.power(let rho)):
                let power = Words.significant(rho, 3)
                formula = ("error spent by a share t of the units `α t^\(power)`", "信息比例 t 时累计花费 `α t^\(power)`")
            case .shape(.wangTsiatis(let delta)):
                let power = Words.significant(delta, 3)
                formula = ("boundary `C t^(\(power) − ½)` at a share t of the units", "信息比例 t 处的界 `C t^(\(power) − ½)`")
            case .shape(.obrienFleming):
                formula = ("boundary `C / √t` at a share t of the units", "信息比例 t 处的界 `C / √t`")
            case .shape: formula = ("the same boundary `C` at every look", "每次查看用同一界 `C`")
            }
            return [
                (
                    "Planned looks (\(plan.name)): \(formula.0), solved from the joint normal distribution of the looks (Armitage, McPherson and Rowe 1969). Intervals are repeated confidence intervals `δ̂ ± z_k(α) se`, p-values the α whose boundary the effect meets (Jennison and Turnbull 1989).",
                    "按计划查看（\(plan.name)）：\(formula.1)，由各次查看的联合正态分布求解。区间为重复置信区间 `δ̂ ± z_k(α) se`，p 值为效应恰达边界时的 α（Jennison–Turnbull 1989）。"
                )
            ]
        case .mixture(let tau):
            let share = NumberStyle.percent.text(tau)
            return [
                (
                    "Looking at any time: mixture sequential probability ratio test (Johari, Pekelis and Walsh 2015), effects spread around 0 with τ = \(share) of control's figure; interval `\(width)` standard errors to either side, `g = τ²/V`, and p the α at which it just meets 0.",
                    "可随时查看：混合序贯概率比检验（Johari 等 2015），τ 为对照值的 \(share)；半宽为 `\(width)` 个标准误，`g = τ²/V`，p 值为区间恰触及 0 时的 α。"
                )
            ]
        case .confidenceSequence(let tuning):
            return [anyTime(tuning, width)]
        case nil: return [anyTime(SequentialDesign.usualTuning, width)]
        }
    }

    private func anyTime(_ tuning: Double, _ width: String) -> (String, String) {
        let units = Words.units(tuning)
        return (
            "Always-valid bands: asymptotic confidence sequences (Waudby-Smith and others 2024), `\(width)` standard errors to either side, `g = nρ²`, ρ narrowest at \(units) units.",
            "任意时刻有效的置信带：渐近置信序列（Waudby-Smith 等 2024），半宽为 `\(width)` 个标准误，`g = nρ²`，ρ 在 \(units) 个单位处最窄。"
        )
    }
}
