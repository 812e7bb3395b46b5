"""Loss curves of small networks trained by PyTorch: Tests/Vectors/learning.json.

Weights, inputs and targets are formulas of an element's position, so that the file holds the curves only. float32, one thread, 50 steps, the
attention path that computes scores in full (`enable_nested_tensor` and fused kernels play no part in training mode).

    python scripts/goldens/learning.py
"""

import json
import math
import pathlib
import sys

# This folder has a statistics.py, which PyTorch would take for Python's.
sys.path.pop(0)

import torch
from torch import nn

torch.set_num_threads(1)
STEPS = 50


def wave(shape, scale, phase):
    count = math.prod(shape)
    return torch.tensor([scale * math.sin(1.3 * i + phase) for i in range(count)], dtype=torch.float64).float().reshape(shape)


def prepare(model):
    for k, parameter in enumerate(model.parameters()):
        with torch.no_grad():
            parameter.copy_(wave(list(parameter.shape), 0.4, k))
    return model


def curve(model, optimiser, loss, clip=None):
    losses = []
    for _ in range(STEPS):
        optimiser.zero_grad()
        value = loss()
        value.backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimiser.step()
        losses.append(float(value.detach().double()))
    return losses


def mlp():
    model = prepare(nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 1)))
    x, y = wave([32, 6], 1, 0.5), wave([32, 1], 1, 0.9)
    adam = torch.optim.Adam(model.parameters(), lr=0.01)
    return curve(model, adam, lambda: nn.functional.mse_loss(model(x), y))


def cnn():
    model = prepare(
        nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 3, (2, 3), stride=(1, 2), padding=1),
                      nn.Sigmoid(), nn.AvgPool2d(2, stride=1, padding=1), nn.Flatten(), nn.Linear(3 * 6 * 3, 1), nn.Sigmoid()))
    x = wave([16, 1, 8, 9], 1, 0.5)
    y = (wave([16, 1], 1, 0.9) > 0).float()
    adam = torch.optim.Adam(model.parameters(), lr=0.02)
    return curve(model, adam, lambda: nn.functional.binary_cross_entropy(model(x), y))


class Encoder(nn.Module):
    def __init__(self, norm_first, activation, causal):
        super().__init__()
        self.embedding = nn.Embedding(10, 8)
        layer = nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0, activation=activation, batch_first=True, norm_first=norm_first)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(8, 3)
        self.causal = causal

    def forward(self, ids, hidden):
        mask = nn.Transformer.generate_square_subsequent_mask(ids.shape[1]) if self.causal else None
        return self.head(self.encoder(self.embedding(ids), mask=mask, src_key_padding_mask=hidden))


def encoder(norm_first, activation, causal):
    model = prepare(Encoder(norm_first, activation, causal))
    ids = torch.tensor([[(3 * i + 2 * j * j) % 10 for j in range(5)] for i in range(6)])
    hidden = None if causal else torch.tensor([[j >= 3 + i % 3 for j in range(5)] for i in range(6)])
    truth = (ids + 1) % 3
    weights = torch.tensor([1.0, 2.0, 0.5])
    adamw = torch.optim.AdamW(model.parameters(), lr=0.005, weight_decay=0.1)
    return curve(
        model, adamw,
        lambda: nn.functional.cross_entropy(model(ids, hidden).reshape(-1, 3), truth.reshape(-1), weight=weights, label_smoothing=0.1))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(4, 6, num_layers=2, batch_first=True)
        self.head = nn.Linear(6, 1)

    def forward(self, x):
        return self.head(self.gru(x)[0][:, -1])


def gru():
    model = prepare(Recurrent())
    x, y = wave([8, 7, 4], 1, 0.5), wave([8, 1], 1, 0.9)
    sgd = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01)
    return curve(model, sgd, lambda: nn.functional.mse_loss(model(x), y), clip=0.5)


def losses():
    x, y = wave([5, 4], 3, 0.2), (wave([5, 4], 1, 0.7) > 0).float()
    classes = torch.tensor([0, 3, 1, 1, 2])
    a, b = wave([5, 4], 1, 0.1), wave([5, 4], 1, 0.4)
    scores = nn.functional.cosine_similarity(a[:, None], b[None], dim=2) / 0.1
    return {
        "bce": float(nn.functional.binary_cross_entropy_with_logits(x, y)),
        "bce_weighted": float(nn.functional.binary_cross_entropy_with_logits(x, y, pos_weight=torch.tensor(3.0))),
        "cross_entropy": float(nn.functional.cross_entropy(x, classes)),
        "cross_entropy_ignoring": float(nn.functional.cross_entropy(x, classes, ignore_index=1)),
        "contrastive": float(nn.functional.cross_entropy(scores, torch.arange(5))),
        "bpr": float(-nn.functional.logsigmoid(a - b).mean()),
    }


curves = {
    "torch": torch.__version__,
    "mlp": mlp(),
    "cnn": cnn(),
    "encoder": encoder(False, "relu", False),
    "decoder": encoder(True, "gelu", True),
    "gru": gru(),
    "losses": losses(),
}
pathlib.Path("Tests/Vectors/learning.json").write_text(json.dumps(curves, indent=1) + "\n")
