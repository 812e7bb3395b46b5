import CKernels

/// The numbers that a model's products are computed with. Everything between the products (softmax, normalisation, activations, pooling) is float32;
/// below float32, GELU is within 1.6e-4 and a weight of attention within 2e-4 of itself.
public enum Precision: String, CaseIterable, Sendable {
    /// 32-bit floats.
    case float32
    /// Weights and activations rounded to bfloat16, sums in float32: half the memory. Faster where the processor multiplies pairs of bfloat16 faster than
    /// floats (AVX512_BF16 of AMD's), which then are queries, keys and values too; otherwise about as fast as float32. Cosine of a text's vector to
    /// float32's: 0.99999 on average (all-MiniLM-L6-v2 on 2,000 English texts, multilingual-e5-small on 400 reviews).
    case bfloat16
    /// Weights in 8-bit integers with a scale for each output, activations in 8 bits with a range for each token (found as they come: nothing is
    /// calibrated), both mixed by an orthogonal matrix first, so that no few large values take the range; attention as in bfloat16. A quarter of the memory.
    /// Cosine to float32's: 0.9995 on average and 0.998 at least (all-MiniLM-L6-v2 on 1,000 English texts), 0.9999 and 0.9998 (multilingual-e5-small
    /// on 300 reviews); without mixing 0.9986 and 0.992, 0.9997 and 0.9995.
    case int8

    /// How vectors are computed, in a cache's keys: another name wherever the vectors of one precision become others.
    var method: String {
        switch self {
        case .float32: rawValue
        case .bfloat16: "bfloat16, attention near"
        case .int8: "int8 mixed by sixteen, attention near"
        }
    }

    /// The kernels' name; nil for float32, which has functions of its own.
    var low: ck_precision? {
        switch self {
        case .float32: nil
        case .bfloat16: CK_BF16
        case .int8: CK_S8
        }
    }
}
