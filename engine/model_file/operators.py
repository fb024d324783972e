"""The operators allowed in a graph: arithmetic on arrays, one line per kind.

Not allowed are loops and branches, whose cost is unbounded, random numbers, texts, sequences, files, operators of
other vendors. To allow another operator, add it to the line of its kind; if it creates an array of a size
given in the graph, its inputs are checked in :mod:`.graph_check`.
"""

from __future__ import annotations

_STANDARD = """
    Add Sub Mul Div Mod Pow Neg Abs Sign Sqrt Reciprocal Exp Log Sum Mean Min Max Clip Floor Ceil Round CumSum
    Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Erf
    Sigmoid HardSigmoid HardSwish Relu LeakyRelu PRelu ThresholdedRelu Elu Selu Celu Gelu Mish Swish Softplus Softsign
    Softmax LogSoftmax Hardmax
    Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Not IsNaN IsInf Where
    ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare
    ArgMax ArgMin TopK
    MatMul Gemm Einsum Conv ConvTranspose LSTM GRU RNN Attention
    AveragePool MaxPool LpPool GlobalAveragePool GlobalMaxPool
    BatchNormalization InstanceNormalization LayerNormalization GroupNormalization RMSNormalization LpNormalization LRN
    MeanVarianceNormalization Dropout
    Cast CastLike Identity Constant Shape Size
    Reshape Flatten Squeeze Unsqueeze Transpose Concat Split Slice DepthToSpace SpaceToDepth ReverseSequence Trilu
    Gather GatherElements GatherND ScatterElements ScatterND Compress NonZero
    Expand Tile ConstantOfShape Range Pad Resize Upsample OneHot EyeLike
    QuantizeLinear DequantizeLinear DynamicQuantizeLinear QLinearConv QLinearMatMul MatMulInteger ConvInteger
"""
_MACHINE_LEARNING = """
    TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor
    LinearClassifier LinearRegressor Scaler Normalizer Imputer Binarizer ArrayFeatureExtractor FeatureVectorizer
"""
STANDARD = frozenset(_STANDARD.split())
MACHINE_LEARNING = frozenset(_MACHINE_LEARNING.split())
OPERATORS = {"": STANDARD, "ai.onnx": STANDARD, "ai.onnx.ml": MACHINE_LEARNING}
