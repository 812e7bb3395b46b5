import CKernels

/// The numbers that a model's products are computed with. Everything between the products (attention, normalisation, activations, pooling) is float32.
public enum Precision: String, CaseIterable, Sendable {
    /// 32-bit floats.
    case float32
    /// Weights and activations rounded to bfloat16, sums in float32: half the memory. Only faster where the processor has instructions for it
    /// (AVX512_BF16). Cosine of a text's vector to float32's: 0.99999 on average
    /// (all-MiniLM-L6-v2 on 1,000 questions, multilingual-e5-small on 400 reviews).
    case bfloat16
    /// Weights in 8-bit integers with a scale for each output, activations in 8 bits with a range for each token (found as they come: nothing is
    /// calibrated): a quarter of the memory. Cosine to float32's: 0.9990 and 0.9997 on average on the same.
    case int8

    /// The kernels' name; nil for float32, which has functions of its own.
    var low: ck_precision? {
        switch self {
        case .float32: nil
        case .bfloat16: CK_BF16
        case .int8: CK_S8
        }
    }
}
