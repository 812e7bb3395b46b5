"""The peers' model files, made of an installed model folder: float32.onnx and int8.onnx for ONNX Runtime, float32.xml, int8.xml (calibrated) and
int8_weights.xml for OpenVINO. What is there already, or whose library is not installed, is left out.

    export.py MODEL-FOLDER TEXTS OUT-FOLDER
"""

import os
import sys

import numpy as np
import torch
from transformers import AutoModel

from peers import inputs_of, lines, tokenizer_of

model, texts, out = sys.argv[1:]
os.makedirs(out, exist_ok=True)
names = ["input_ids", "attention_mask", "token_type_ids"]


class Hidden(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.body = AutoModel.from_pretrained(model, attn_implementation="eager").eval()

    def forward(self, ids, mask, types):
        return self.body(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state


def onnx(path):
    """As it is exported; OpenVINO reads this and fuses for itself."""
    ids = torch.randint(5, 3000, (2, 16))
    axes = {name: {0: "texts", 1: "tokens"} for name in [*names, "hidden"]}
    torch.onnx.export(
        Hidden(), (ids, torch.ones_like(ids), torch.zeros_like(ids)), path, input_names=names, output_names=["hidden"],
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip


def onnx_fused(path):
    from onnxruntime.transformers import optimizer

    optimizer.optimize_model(f"{out}/plain.onnx", model_type="bert", num_heads=12, hidden_size=384).save_model_to_file(path)


def onnx_int8(path):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    options = {"MatMulConstBOnly": True, "DefaultTensorType": 1}
    quantize_dynamic(f"{out}/float32.onnx", path, weight_type=QuantType.QInt8, per_channel=True, extra_options=options)


def openvino_float32(path):
    import openvino

    openvino.save_model(openvino.Core().read_model(f"{out}/plain.onnx"), path, compress_to_fp16=False)


def openvino_int8(path):
    import nncf
    import openvino

    tokenizer = tokenizer_of(model)
    sample = nncf.Dataset(lines(texts)[::10], lambda text: inputs_of([tokenizer.encode(text)]))
    plain = openvino.Core().read_model(f"{out}/float32.xml")
    openvino.save_model(nncf.quantize(plain, sample, model_type=nncf.ModelType.TRANSFORMER, subset_size=300), path, compress_to_fp16=False)


def openvino_int8_weights(path):
    import nncf
    import openvino

    plain = openvino.Core().read_model(f"{out}/float32.xml")
    openvino.save_model(nncf.compress_weights(plain, mode=nncf.CompressWeightsMode.INT8_ASYM), path, compress_to_fp16=False)


for name, make in {
    "plain.onnx": onnx, "float32.onnx": onnx_fused, "int8.onnx": onnx_int8, "float32.xml": openvino_float32,
    "int8.xml": openvino_int8, "int8_weights.xml": openvino_int8_weights,
}.items():  # fmt: skip
    if os.path.exists(f"{out}/{name}"):
        continue
    try:
        make(f"{out}/{name}")
    except ImportError as error:
        print(f"{name} is not made: {error}", file=sys.stderr)
