// The parts of TensorFlow.js that a typed loss needs: its tape, its kernels for the
// processor and their gradients, one by one, and its plainest optimizer. With all
// that TensorFlow.js has, the page would load three times as much.
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu/dist/backend_cpu.js";
import { absConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Abs.js";
import { addConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Add.js";
import { castConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Cast.js";
import { cosConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Cos.js";
import { expConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Exp.js";
import { fillConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Fill.js";
import { greaterConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Greater.js";
import { greaterEqualConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/GreaterEqual.js";
import { identityConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Identity.js";
import { lessConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Less.js";
import { lessEqualConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/LessEqual.js";
import { logConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Log.js";
import { logicalAndConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/LogicalAnd.js";
import { maximumConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Maximum.js";
import { minimumConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Minimum.js";
import { multiplyConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Multiply.js";
import { negConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Neg.js";
import { powConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Pow.js";
import { realDivConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/RealDiv.js";
import { reluConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Relu.js";
import { reshapeConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Reshape.js";
import { selectConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Select.js";
import { sigmoidConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Sigmoid.js";
import { signConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Sign.js";
import { sinConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Sin.js";
import { sqrtConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Sqrt.js";
import { squareConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Square.js";
import { stepConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Step.js";
import { subConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Sub.js";
import { sumConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Sum.js";
import { tanConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Tan.js";
import { tanhConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Tanh.js";
import { zerosLikeConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/ZerosLike.js";
import { onesLikeConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/OnesLike.js";
import {
  abs,
  add,
  clone,
  cos,
  dispose,
  div,
  exp,
  fill,
  keep,
  lessEqual,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  registerBackend,
  registerGradient,
  registerKernel,
  relu,
  scalar,
  SGDOptimizer,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  sub,
  sum,
  tan,
  tanh,
  tensor1d,
  tidy,
  valueAndGrads,
  variable,
  variableGrads,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core/dist/base.js";
import { addGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Add_grad.js";
import { cosGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Cos_grad.js";
import { expGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Exp_grad.js";
import { identityGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Identity_grad.js";
import { logGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Log_grad.js";
import { maximumGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Maximum_grad.js";
import { minimumGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Minimum_grad.js";
import { multiplyGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Multiply_grad.js";
import { negGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Neg_grad.js";
import { powGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Pow_grad.js";
import { divGradConfig } from "@tensorflow/tfjs-core/dist/gradients/RealDiv_grad.js";
import { reluGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Relu_grad.js";
import { sigmoidGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sigmoid_grad.js";
import { sinGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sin_grad.js";
import { squareGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Square_grad.js";
import { subGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sub_grad.js";
import { tanGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Tan_grad.js";
import { tanhGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Tanh_grad.js";
import { sumGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sum_grad.js";

export { version as VERSION } from "@tensorflow/tfjs-core/dist/version.js";

for (
  const kernel of [
    absConfig,
    addConfig,
    castConfig,
    cosConfig,
    expConfig,
    fillConfig,
    greaterConfig,
    greaterEqualConfig,
    identityConfig,
    lessConfig,
    lessEqualConfig,
    logConfig,
    logicalAndConfig,
    maximumConfig,
    minimumConfig,
    multiplyConfig,
    negConfig,
    powConfig,
    realDivConfig,
    reluConfig,
    reshapeConfig,
    selectConfig,
    sigmoidConfig,
    signConfig,
    sinConfig,
    sqrtConfig,
    squareConfig,
    stepConfig,
    subConfig,
    sumConfig,
    tanConfig,
    tanhConfig,
    zerosLikeConfig,
    onesLikeConfig,
  ]
) registerKernel(kernel);
for (
  const gradient of [
    addGradConfig,
    cosGradConfig,
    expGradConfig,
    identityGradConfig,
    logGradConfig,
    maximumGradConfig,
    minimumGradConfig,
    multiplyGradConfig,
    negGradConfig,
    powGradConfig,
    divGradConfig,
    reluGradConfig,
    sigmoidGradConfig,
    sinGradConfig,
    squareGradConfig,
    subGradConfig,
    tanGradConfig,
    tanhGradConfig,
    sumGradConfig,
  ]
) registerGradient(gradient);
// Two gradients as Python's TensorFlow has them. TensorFlow.js' own of abs is -1 at
// 0, and its own of sqrt at 0 is nan even where nothing depends on it.
registerGradient({
  kernelName: "Abs",
  inputsToSave: ["x"],
  gradFunc: (dy, [x]) => ({ x: () => mul(dy, sign(x)) }),
});
registerGradient({
  kernelName: "Sqrt",
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({
    x: () => where(lessEqual(abs(dy), 0), zerosLike(dy), div(mul(dy, 0.5), y)),
  }),
});
registerBackend("cpu", () => new MathBackendCPU(), 1);

export const tf = {
  abs,
  add,
  clone,
  cos,
  dispose,
  div,
  exp,
  fill,
  keep,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  relu,
  scalar,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  sub,
  sum,
  tan,
  tanh,
  tensor1d,
  tidy,
  valueAndGrads,
  variable,
  variableGrads,
  train: { sgd: (learningRate) => new SGDOptimizer(learningRate) },
};
