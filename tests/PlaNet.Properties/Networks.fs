module PlaNet.Properties.Networks

open System
open Expecto
open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Tensors
open TorchSharp
open TorchSharp.Modules

/// Adam on one number that starts at 0, in plain arithmetic: the number after each gradient.
let private scalarAdam rate beta1 beta2 eps placement gradients =
    let step (m, v, theta, t) g =
        let t = t + 1
        let m, v = beta1 * m + (1.0 - beta1) * g, beta2 * v + (1.0 - beta2) * g * g
        let c1, c2 = 1.0 - beta1 ** float t, 1.0 - beta2 ** float t

        let change =
            match placement with
            | AdamEpsilon.Tf1 -> sqrt c2 / c1 * m / (sqrt v + eps)
            | _ -> m / c1 / (sqrt (v / c2) + eps)

        m, v, theta - rate * change, t

    gradients |> List.scan step (0.0, 0.0, 0.0, 0) |> List.tail |> List.map (fun (_, _, theta, _) -> theta)

/// The GRU of docs/models.md in plain arithmetic, for one row; with a recurrent bias the form that resets after the product.
let private scalarGru
    (wGates: float[][], bGates: float[], wCandidate: float[][], bCandidate: float[], bRecurrent) (x: float[]) (h: float[]) =
    let sigmoid a = 1.0 / (1.0 + Math.Exp -a)
    let affine (w: float[][]) (b: float[]) input = Array.map2 (fun row bias -> bias + Array.sum (Array.map2 (*) row input)) w b
    let opened = affine wGates bGates (Array.append x h) |> Array.map sigmoid
    let r, u = Array.splitAt h.Length opened

    let proposed =
        match bRecurrent with
        | None -> affine wCandidate bCandidate (Array.append x (Array.map2 (*) r h))
        | Some bias ->
            let columns = wCandidate |> Array.map (Array.splitAt x.Length)
            let fromInput, fromState = affine (Array.map fst columns) bCandidate x, affine (Array.map snd columns) bias h
            Array.map3 (fun i r s -> i + r * s) fromInput r fromState

    Array.map3 (fun u h c -> u * h + (1.0 - u) * Math.Tanh c) u h proposed

let tests = testList "Networks" [

    let magnitude = Input.oneOf [ 1.0; 1e-6; 1e-3; 1e3 ]
    let gradients = Input.pair magnitude (Input.list 1 8 (Input.real -1.0 1.0))
    let placements = Input.oneOf [ AdamEpsilon.Tf1; AdamEpsilon.Standard ]
    let inputs = Input.quadruple placements (Input.real 1e-4 1e-1) (Input.oneOf [ 1e-4; 1e-8; 1e-2 ]) gradients

    // Seen to fail when the TF1 placement was the standard one, and when the first bias correction was left out.
    "property 48: Adam follows the scalar reference in both placements of epsilon"
    |> Law.holds 80 inputs (fun (placement, rate, eps, (magnitude, gradients)) ->
        let rate = max rate 1e-4
        let gradients = gradients |> List.map (fun g -> magnitude * g)
        let expected = scalarAdam rate 0.9 0.999 eps placement gradients

        for kind, tolerance in [ f64, 1e-9; f32, 1e-5 ] do
            use theta = new Parameter(torch.zeros ([| 3L |], dtype = kind))
            let options = PlaNet.Experiments.OptimizerOptions(LearningRate = rate, Epsilon = eps, EpsilonPlacement = placement)
            use adam = new FusedAdam([ struct ("theta", theta) ], options)
            // Rounding errors are relative to the total step length so far, because opposite steps may cancel.
            let mutable path = 0.0
            let mutable before = 0.0

            for g, e in List.zip gradients expected do
                theta.grad <- (torch.ones ([| 3L |], dtype = kind)).mul g
                adam.step ()
                path <- path + abs (e - before)
                before <- e

                for actual in numbers theta do
                    require (abs (actual - e) <= tolerance * path) $"{kind}: expected {e:R}, got {actual:R}")

    let inputs = Input.triple Input.seed (Input.oneOf [ 1000.0; 1.0; 0.01 ]) (Input.real 0.1 3.0)

    // Seen to fail when small gradients were scaled up to the limit.
    "property 48: clipping limits the norm and keeps the direction"
    |> Law.holds 60 inputs (fun (seed, limit, ratio) ->
        use a = new Parameter(torch.zeros [| 4L; 3L |])
        use b = new Parameter(torch.zeros [| 5L |])
        let drawn = gaussian f64 seed [ 17L ]
        let target = limit * max ratio 0.1
        let whole = drawn.mul (target / sqrt (drawn.square().sum().ToDouble()))
        a.grad <- (whole.narrow(0L, 0L, 12L).view (4L, 3L)) |> cast f32
        b.grad <- whole.narrow (0L, 12L, 5L) |> cast f32
        let gradients () = Array.append (numbers (nonNull a.grad)) (numbers (nonNull b.grad))
        let before = gradients ()
        let norm values = values |> Array.sumBy (fun x -> x * x) |> sqrt
        let returned = torch.nn.utils.clip_grad_norm_ ([ a; b ], limit)
        let after = gradients ()
        require (abs (returned - norm before) <= 1e-5 * norm before) $"the norm is {norm before}, but {returned} was returned"
        // PyTorch adds 1e-6 to the norm, which matters at small limits.
        require (abs (norm after - min (norm before) limit) <= 2e-6 + 1e-5 * limit) $"the norm is now {norm after}"
        let parallel' x y = abs (y * norm before - x * norm after) <= 1e-5 * norm before * norm after
        require (Array.forall2 parallel' before after) "another direction"
        if norm before <= 0.999 * limit then require (after = before) "a small gradient was changed")

    let forms = Input.oneOf [ GruForm.ResetBefore; GruForm.ResetAfter ]
    let inputs = Input.pair forms (Input.quadruple Input.seed (Input.integer 1 5) (Input.integer 1 5) (Input.integer 1 3))

    // Seen to fail when the reset gate was left out, when the gates began at 0, when u and 1 - u were swapped, and when the form that
    // resets after the product left its recurrent bias outside the gate.
    "property 49: the GRU equals the scalar formula, keeps its state where u is 1 and starts with open gates"
    |> Law.holds 100 inputs (fun (form, (seed, inputSize, size, batch)) ->
        use generator = new torch.Generator(seed)
        use gru = new GruCell(inputSize, size, generator, form)
        let bias name = numbers (parameter name gru)
        require (bias "gates.bias" |> Array.forall (fun b -> b = 1.0)) "the gates' biases do not start at 1"
        require (bias "candidate.bias" |> Array.forall (fun b -> b = 0.0)) "the candidate's biases do not start at 0"

        let recurrent =
            if form = GruForm.ResetBefore then
                None
            else
                require (bias "recurrent_bias" |> Array.forall (fun b -> b = 0.0)) "the recurrent bias does not start at 0"
                use _ = torch.no_grad ()
                (parameter "recurrent_bias" gru).copy_ (gaussian f32 (seed + 2uL) [ size ]) |> ignore
                Some(bias "recurrent_bias")

        let rows name = numbers (parameter name gru) |> Array.chunkBySize (inputSize + size)
        let weights = rows "gates.weight", bias "gates.bias", rows "candidate.weight", bias "candidate.bias", recurrent
        let x, h = gaussian f32 seed [ batch; inputSize ], gaussian f32 (seed + 1uL) [ batch; size ]
        let xs, hs = numbers x |> Array.chunkBySize inputSize, numbers h |> Array.chunkBySize size
        let expected = Array.map2 (scalarGru weights) xs hs |> Array.concat
        requireAllNear "h'" 1e-5 expected (numbers (gru.forward (x, h)))

        (parameter "gates.bias" gru).narrow (0L, size, size) |> fill 1e4
        requireAllNear "h where u = 1" 1e-6 (numbers h) (numbers (gru.forward (x, h))))

    let forms = Input.oneOf [ GruForm.ResetBefore; GruForm.ResetAfter ]
    let inputs = Input.quadruple forms Input.seed (Input.pair (Input.integer 1 4) (Input.integer 1 4)) (Input.integer 1 5)

    // Seen to fail when the gates' part of the leading term was added to the candidate.
    "property 49: the contribution of the first inputs can be computed separately, and is zero for zero inputs"
    |> Law.holds 60 inputs (fun (form, seed, (first, last), size) ->
        use generator = new torch.Generator(seed)
        use gru = new GruCell(int64 (first + last), int64 size, generator, form)
        gru.``to`` f64 |> ignore
        let head, tail = gaussian f64 seed [ 3L; first ], gaussian f64 (seed + 1uL) [ 3L; last ]
        let h = gaussian f64 (seed + 2uL) [ 3L; size ]
        let whole head = numbers (gru.forward (torch.cat ([| head; tail |], -1L), h))
        requireAllNear "apart" 1e-10 (whole head) (numbers (gru.forward (tail, h, gru.LeadingTerm head)))
        requireAllNear "zeros" 1e-10 (whole (torch.zeros_like head)) (numbers (gru.forward (tail, h, null))))

    let channels = Input.pair (Input.integer 1 4) (Input.integer 1 4)
    let inputs = Input.quadruple Input.seed channels (Input.integer 3 6) (Input.integer 1 5)

    // Seen to fail when the product that replaces a 1x1 transposed convolution swapped height and width, and when the stride was (1, 2).
    "property 50: convolution and transposed convolution are adjoint"
    |> Law.holds 60 inputs (fun (seed, (outer, inner), kernel, positions) ->
        use generator = new torch.Generator(seed)
        use convolution = new ConvolutionLayer(outer, inner, kernel, generator)
        use transposed = new TransposedConvolutionLayer(inner, outer, kernel, generator)

        (use _ = torch.no_grad ()
         (parameter "weight" transposed).copy_ (parameter "weight" convolution) |> ignore)

        let side = 2 * (positions - 1) + kernel
        let x = gaussian f32 seed [ 2L; outer; side; side ]
        let y = gaussian f32 (seed + 1uL) [ 2L; inner; positions; positions ]
        let convolved, spread = convolution.forward x, transposed.forward y
        require (convolved.shape = y.shape && spread.shape = x.shape) $"{List.ofArray convolved.shape}, {List.ofArray spread.shape}"
        let dot (a: Tensor) (b: Tensor) = Array.sum (Array.map2 (*) (numbers a) (numbers b))
        let scale = sqrt (dot convolved convolved * dot y y)
        require (abs (dot convolved y - dot x spread) <= 1e-4 * scale) $"{dot convolved y} and {dot x spread}")

    // Seen to fail when the decoder's first kernel was 6, and when the stride was (1, 2).
    "property 50: images shrink 64-31-14-6-2 and grow 1-5-13-30-64"
    |> Law.holds 5 (Input.triple Input.seed (Input.integer 1 3) (Input.integer 1 3)) (fun (seed, frames, depth) ->
        use generator = new torch.Generator(seed)
        let mutable image = gaussian f32 seed [ frames; 3L; 64L; 64L ]
        let width = [ 3; depth; 2 * depth; 4 * depth; 8 * depth ]

        for (from, into), side in List.zip (List.pairwise width) [ 31L; 14L; 6L; 2L ] do
            use layer = new ConvolutionLayer(from, into, 4L, generator)
            image <- layer.forward image
            require (image.shape = [| frames; into; side; side |]) $"{List.ofArray image.shape} instead of side {side}"

        use encoder = new Encoder(depth, generator)
        require ((encoder.forward (gaussian f32 seed [ frames; 3L; 64L; 64L ])).shape = [| frames; 32L * int64 depth |]) "the embedding"
        let mutable grown = gaussian f32 seed [ frames; int64 (32 * depth); 1L; 1L ]
        let width = [ 32 * depth; 4 * depth; 2 * depth; depth; 3 ]

        for (from, into), (kernel, side) in List.zip (List.pairwise width) [ 5L, 5L; 5L, 13L; 6L, 30L; 6L, 64L ] do
            use layer = new TransposedConvolutionLayer(from, into, kernel, generator)
            grown <- layer.forward grown
            require (grown.shape = [| frames; into; side; side |]) $"{List.ofArray grown.shape} instead of side {side}"

        use decoder = new Decoder(7L, depth, generator)
        require ((decoder.forward (gaussian f32 seed [ frames; 7L ])).shape = [| frames; 3L; 64L; 64L |]) "the decoded image")

    // Seen to fail when the reward head had one layer less.
    "property 50: the paper's model has the parameters counted from its layers"
    |> Law.holds 2 (Input.integer 1 6) (fun actionSize ->
        use generator = new torch.Generator(0uL)
        use model = new WorldModel(ModelOptions(), actionSize, generator)
        let count (owner: torch.nn.Module) = owner.parameters () |> Seq.sumBy _.numel()
        require (count (nonNull model.Encoder) = 690_144L) $"encoder: {count (nonNull model.Encoder)}"
        require (count (nonNull model.Decoder) = 3_795_555L) $"decoder: {count (nonNull model.Decoder)}"
        require (count model.Reward = 250_201L) $"reward head: {count model.Reward}"
        require (count model.Dynamics = 300_260L + 257_060L - 200L * int64 (6 - actionSize)) $"state-space model: {count model.Dynamics}"
        require (count model = 5_293_220L - 200L * int64 (6 - actionSize)) $"all: {count model}"
        require (count model = 5_292_020L + 200L * int64 actionSize) $"the whole model: {count model}")
]
