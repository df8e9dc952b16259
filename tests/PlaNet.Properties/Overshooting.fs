module PlaNet.Properties.Overshooting

open Expecto
open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Objectives
open PlaNet.Tensors
open TorchSharp

let private cell (model: WorldModel) =
    LatentOvershooting.Step(fun sample belief action noise -> model.Dynamics.Transition(sample, belief, action, noise))

/// The posteriors and priors of a batch.
let private observe (model: WorldModel) (batch: Small.Batch) =
    let struct (posterior, prior) = model.Dynamics.Observe(model.Embed batch.Images, batch.Actions, batch.Noise)
    posterior, prior

let private imagine model (batch: Small.Batch) posterior distance stop =
    LatentOvershooting.Imagine(cell model, posterior, batch.Actions, batch.Imagination, distance, stop)

let private options scale distance normalisation freeNats =
    ObjectiveOptions(
        FreeNats = freeNats, OvershootingScale = scale, OvershootingDistance = distance, OvershootingNormalisation = normalisation
    )

let private stops = Input.oneOf [ OvershootingStart.None; OvershootingStart.Sample; OvershootingStart.All ]

/// Seed, number of sequences, their steps, and the overshooting distance.
let private sequences = Input.quadruple Input.seed (Input.integer 1 2) (Input.integer 1 5) (Input.integer 1 5)

let private requireCloseTo what tolerance (expected: Tensor) (actual: Tensor) =
    requireAllNear what tolerance (numbers expected) (numbers actual)

/// The mock cell: the action is added to the state, and a posterior is the observation. One feature.
let private mock =
    LatentOvershooting.Step(fun sample belief action _ ->
        let next = sample + action
        LatentState(DiagonalGaussian(next, torch.ones_like next), next, belief))

let private observed (values: float list) =
    let sample = (vector values).reshape (1L, -1L, 1L)
    let belief = torch.zeros ([| 1L; int64 values.Length; 0L |], dtype = f64)
    LatentState(DiagonalGaussian(sample, torch.ones_like sample), sample, belief)

/// Gradients, with respect to the means and deviations of the targets, of the divergences summed over distances of at least 2.
let private targetGradients seed stop =
    use model = Small.model f64 seed 2 (3, 5, 6)
    let batch = Small.batch f64 seed 2 4 model
    let posterior, _ = observe model batch
    let leaf (tensor: Tensor) = tensor.detach().clone().requires_grad_ ()
    let mean, stddev, sample = leaf posterior.Distribution.Mean, leaf posterior.Distribution.Stddev, leaf posterior.Sample
    let leaves = LatentState(DiagonalGaussian(mean, stddev), sample, posterior.Belief.detach ())
    let rows = imagine model batch leaves 3 OvershootingStart.None

    let loss =
        [| for k in 1..2 -> LatentOvershooting.Divergence(leaves.Distribution, rows[k].Distribution, k, stop).sum () |]
        |> torch.stack
        |> torch.sum

    derivatives loss [ mean; stddev ] |> List.map (Option.defaultValue [| 0.0 |])

/// Divergences beyond the free nats, by plain loops: for each sequence, start t0 and offset k whose target is inside its length.
let private naive (model: WorldModel) (batch: Small.Batch) (lengths: int list) distance freeNats =
    let posterior, _ = observe model batch
    let row (tensor: Tensor) (b: int) (t: int) = tensor.narrow(0L, b, 1L).select (1L, t)

    [ for b, length in List.indexed lengths do
          for t0 in 0 .. length - 1 do
              let mutable sample, belief =
                  if t0 = 0 then
                      let start = model.Dynamics.InitialState 1L
                      start.Sample, start.Belief
                  else
                      row posterior.Sample b (t0 - 1), row posterior.Belief b (t0 - 1)

              for k in 0 .. min distance (length - t0) - 1 do
                  let next =
                      model.Dynamics.Transition(sample, belief, row batch.Actions b (t0 + k), row (batch.Imagination.select (0L, k)) b t0)

                  sample <- next.Sample
                  belief <- next.Belief
                  let target = DiagonalGaussian(row posterior.Distribution.Mean b (t0 + k), row posterior.Distribution.Stddev b (t0 + k))
                  let cost = max 0.0 (number (DiagonalGaussian.Divergence(target, next.Distribution)) - freeNats)
                  b, k, cost ]

/// Their average over distances of at least 2, from the definitions in docs/algorithm.md.
let private averaged normalisation (lengths: int list) time distance (costs: (int * int * float) list) =
    let far = costs |> List.filter (fun (_, k, _) -> k > 0)
    let total = far |> List.sumBy (fun (_, _, cost) -> cost)
    let batch = float lengths.Length

    match normalisation with
    | OvershootingNormalisation.TimeMean ->
        let groups = far |> List.groupBy (fun (b, k, _) -> b, k)
        (groups |> List.sumBy (fun (_, group) -> group |> List.averageBy (fun (_, _, cost) -> cost))) / (batch * float (distance - 1))
    | OvershootingNormalisation.PaddedMean -> total / (batch * float time * float (distance - 1))
    | OvershootingNormalisation.ValidMean -> total / float far.Length
    | _ ->
        (far |> List.sumBy (fun (b, _, cost) -> cost / float lengths[b])) / (batch * float distance)

let tests = testList "Overshooting" [

    // Seen to fail when Imagine started from the posterior of the step itself, and when it used the action of the step before.
    "property 24: at distance 1 the prediction is the closed loop's prior and its divergence the plain term"
    |> Law.holds 20 (Input.pair sequences stops) (fun ((seed, size, time, distance), stop) ->
        use model = Small.model f32 seed 2 (2, 3, 4)
        let batch = Small.batch f32 seed size time model
        let posterior, prior = observe model batch
        let imagined = imagine model batch posterior (min distance time) stop
        let nearest = imagined[0].Distribution
        requireCloseTo "the means" 1e-5 prior.Mean nearest.Mean
        requireCloseTo "the deviations" 1e-5 prior.Stddev nearest.Stddev

        for freeNats in [ 0.0; 0.05; 3.0 ] do
            let terms = Small.objective model (ObjectiveOptions(FreeNats = freeNats)) batch
            let divergence = LatentOvershooting.Divergence(posterior.Distribution, nearest, 0, false)
            requireNear "the term" 1e-5 (number terms.Divergence) (Objective.FreeNats(divergence, freeNats).mean () |> number))

    // Seen to fail when the paper's normalisation divided the plain divergence by one distance more.
    "property 25: with an overshooting distance of 1 the objective is the plain bound at any scale"
    |> Law.holds 12 (Input.triple Input.seed (Input.real 0.0 10.0) Small.normalisation) (fun (seed, scale, normalisation) ->
        use model = Small.model f32 seed 2 (2, 3, 4)
        let batch = Small.batch f32 seed 2 3 model
        let loss, gradients = Small.lossAndGradients model (ObjectiveOptions(FreeNats = 0.01)) batch
        let withLoss, withGradients = Small.lossAndGradients model (options scale 1 normalisation 0.01) batch
        requireNear "the loss" 1e-6 loss withLoss
        Small.requireSameGradients 1e-6 gradients withGradients)

    // Seen to fail when Imagine fed every distance the action of distance 1, and when Padding.From did not shift its mask.
    testCase "property 26: the mock cell's predictions and divergences equal those computed by hand" <| fun () ->
        use _ = torch.NewDisposeScope()
        let posterior = observed [ 1.0; 2.0; 3.0; 4.0 ]
        let actions = (vector [ 0.0; 0.5; 0.25; 0.125 ]).reshape (1L, 4L, 1L)
        let noise = torch.zeros ([| 3L; 1L; 4L; 1L |], dtype = f64)
        let predictions = LatentOvershooting.Imagine(mock, posterior, actions, noise, 3, OvershootingStart.None)

        let expected =
            [ [| 0.0; 1.5; 2.25; 3.125 |], [| 1.0; 2.0; 3.0; 4.0 |]
              [| 0.5; 1.75; 2.375 |], [| 2.0; 3.0; 4.0 |]
              [| 0.75; 1.875 |], [| 3.0; 4.0 |] ]

        require (predictions.Count = 3) $"{predictions.Count} distances"

        for k, (prior, target) in List.indexed expected do
            requireAllNear $"the predictions at offset {k}" 1e-6 prior (numbers predictions[k].Sample)
            let divergence = LatentOvershooting.Divergence(posterior.Distribution, predictions[k].Distribution, k, true)
            let half = Array.map2 (fun p t -> 0.5 * (t - p) * (t - p)) prior target
            requireAllNear $"the divergences at offset {k}" 1e-6 half (numbers divergence)

        // A sequence of two steps has two pairs at distance 1 and one at distance 2.
        let padding = Padding.Of([| 2 |], 4L, torch.CPU)
        let short = LatentOvershooting.Imagine(mock, posterior, actions, noise, 3, OvershootingStart.None, padding)

        for k, valid in [ 0, [ 0; 1 ]; 1, [ 0 ]; 2, [] ] do
            let inside =
                numbers (padding.From(int64 k).Padded) |> Seq.indexed |> Seq.filter (fun (_, p) -> p = 0.0) |> Seq.map fst |> List.ofSeq

            require (inside = valid) $"the starts at offset {k} are {inside}"
            let values = numbers short[k].Sample

            requireAllNear
                $"the predictions at offset {k} of two steps"
                1e-6
                [| for t in valid -> (fst expected[k])[t] |]
                [| for t in valid -> values[t] |]

            let divergence = numbers (LatentOvershooting.Divergence(posterior.Distribution, short[k].Distribution, k, true, padding))
            divergence |> Array.iteri (fun t d -> require (List.contains t valid || d = 0.0) $"start {t} at offset {k} costs {d}")

    // Seen to fail when Imagine took one distance too few.
    "property 26: D L - D (D - 1) / 2 pairs of start and distance stay inside a sequence"
    |> Law.holds 60 (Input.triple (Input.integer 1 12) (Input.integer 1 12) (Input.integer 1 12)) (fun (time, distance, length) ->
        let distance, length = min distance time, min length time
        let posterior = observed (List.replicate time 0.0)
        let noise = torch.zeros ([| int64 distance; 1L; int64 time; 1L |], dtype = f64)
        let actions = torch.zeros ([| 1L; int64 time; 1L |], dtype = f64)
        let rows = LatentOvershooting.Imagine(mock, posterior, actions, noise, distance, OvershootingStart.None)
        let pairs = rows |> Seq.sumBy (fun row -> int (row.Sample.numel ()))
        require (pairs = distance * time - distance * (distance - 1) / 2) $"{pairs} pairs"
        let padding = Padding.Of([| length |], int64 time, torch.CPU)
        let valid = Seq.sum (seq { for k in 0 .. distance - 1 -> numbers (padding.From(int64 k).Padded) |> Seq.sumBy (fun p -> 1.0 - p) })
        let near = min distance length
        require (int valid = near * length - near * (near - 1) / 2) $"{valid} pairs within a length of {length}")

    // Seen to fail when LatentOvershooting.Divergence detached the means only, and when it always detached.
    "property 27: stopped posteriors get no gradient as targets, others do"
    |> Law.holds 15 Input.seed (fun seed ->
        for gradient in targetGradients seed true do
            require (gradient |> Array.forall (fun g -> g = 0.0)) $"a stopped target has the gradient {List.ofArray gradient}"

        for gradient in targetGradients seed false do
            require (gradient |> Array.exists (fun g -> g <> 0.0)) "a target that is not stopped has no gradient")

    let largest seed stop =
        use model = Small.model f64 seed 2 (3, 5, 6)
        let batch = Small.batch f64 seed 2 4 model
        let options = ObjectiveOptions(FreeNats = 0.0, OvershootingScale = 1.0, OvershootingDistance = 3, OvershootingStopStart = stop)
        let loss = nonNull (Small.objective model options batch).Overshooting
        let named = [ for struct (name, p) in model.named_parameters () -> name, p :> Tensor ]
        let found = derivatives loss (named |> List.map snd)
        let size (gradient: float array option) = match gradient with None -> 0.0 | Some g -> g |> Array.map abs |> Array.max

        let of' (part: string) =
            Seq.zip named found |> Seq.filter (fun ((name, _), _) -> name.Contains part) |> Seq.map (fun (_, g) -> size g) |> Seq.max

        of' "encoder", of' "posterior", of' "prior_mean"

    // Seen to fail when Imagine detached only the sample for OvershootingStart.All, and when it detached the start always.
    "property 28: a stopped start passes no overshooting gradient to encoder and posterior, others do"
    |> Law.holds 10 Input.seed (fun seed ->
        let encoder, posterior, prior = largest seed OvershootingStart.All
        require (encoder = 0.0 && posterior = 0.0) $"a stopped start lets {encoder} through to the encoder and {posterior} to the posterior"
        require (prior > 0.0) "the transition has no gradient"
        let encoder, posterior, _ = largest seed OvershootingStart.None
        require (encoder > 0.0 && posterior > 0.0) "encoder and posterior have no gradient")

    let inputs =
        Input.quadruple
            Input.seed
            (Input.list 1 2 (Input.integer 2 5))
            Small.normalisation
            (Input.triple (Input.integer 2 5) (Input.oneOf [ 0.0; 0.02 ]) (Input.oneOf [ true; false ]))

    // Seen to fail when TimeMean weighed distances by their number of starts, and when overshooting had no free nats.
    "property 29: the batched computation over all starts equals loops over starts and distances"
    |> Law.holds 40 inputs (fun (seed, lengths, normalisation, (distance, freeNats, noisy)) ->
        use model = Small.model f64 seed 2 (2, 3, 4)
        let time = List.max lengths
        let drawn = Small.batch f64 seed lengths.Length time model

        // Zero noise makes the transitions deterministic.
        let batch = if noisy then drawn else { drawn with Imagination = torch.zeros_like drawn.Imagination }
        let terms = Small.objectiveOf (Array.ofList lengths) model (options 1.0 distance normalisation freeNats) batch
        let expected = naive model batch lengths distance freeNats |> averaged normalisation lengths time distance
        let actual = number (nonNull terms.Overshooting)
        require (abs (actual - expected) <= 1e-5 * expected + 1e-12) $"loops give {expected}, all at once {actual}"

        if lengths |> List.forall (fun length -> length = time) then
            let full = Small.objective model (options 1.0 distance normalisation freeNats) batch
            let actual = number (nonNull full.Overshooting)
            require (abs (actual - expected) <= 1e-5 * expected + 1e-12) $"loops give {expected}, all at once without a mask {actual}")

    let inputs = Input.quadruple Input.seed (Input.real 0.3 1.2) (Input.real 0.1 2.0) (Input.integer 1 5)

    // Seen to fail when Imagine passed on the mean of each step instead of its sample.
    "property 30: in a linear Gaussian system the variance at each distance equals the closed form"
    |> Law.holds 12 inputs (fun (seed, a, q, distance) ->
        let rows = 40_000

        let step =
            LatentOvershooting.Step(fun sample belief _ noise ->
                let mean = sample.mul a
                let distribution = DiagonalGaussian(mean, (torch.ones_like mean).mul (sqrt q))
                LatentState(distribution, distribution.Sample noise, belief))

        // Every sequence starts from the same state, so that only the noise varies.
        let time = int64 distance + 1L
        let sample = (torch.ones ([| int64 rows; time; 1L |], dtype = f64)).mul 0.7

        let posterior =
            LatentState(DiagonalGaussian(sample, torch.ones_like sample), sample, torch.zeros ([| int64 rows; time; 0L |], dtype = f64))

        let noise = gaussian f64 seed [ int64 distance; rows; time; 1L ]
        let imagined = LatentOvershooting.Imagine(step, posterior, torch.zeros_like sample, noise, distance, OvershootingStart.None)
        let variance d = q * Seq.sum (seq { for i in 0 .. d - 1 -> a ** float (2 * i) })

        let requireVariance what expected (values: Tensor) =
            let actual = values.var () |> number
            let error = expected * sqrt (2.0 / float (rows - 1))
            require (abs (actual - expected) <= 5.0 * error + 1e-12) $"{what}: the variance is {actual}, not {expected} within 5 x {error}"

        for d in 1..distance do
            let state = imagined[d - 1]
            let start = 1L
            let samples, means = state.Sample.select (1L, start), state.Distribution.Mean.select (1L, start)
            requireVariance $"samples at distance {d}" (variance d) samples
            requireVariance $"means at distance {d}" (a * a * variance (d - 1)) means

            requireAllNear
                $"the prior's own deviation at distance {d}"
                1e-12
                [| sqrt q |]
                (numbers (state.Distribution.Stddev.select(1L, start).amax [| 0L |]))

            let centre = 0.7 * a ** float d
            let error = sqrt (variance d / float rows)
            require (abs (number (samples.mean ()) - centre) <= 5.0 * error)
                $"the mean at distance {d} is {number (samples.mean ())}, not {centre}")

    // Seen to fail when Average weighed starts by their position.
    "property 31: predictions depend neither on the order of the starts nor on larger distances"
    |> Law.holds 20 (Input.pair sequences Small.normalisation) (fun ((seed, size, time, distance), normalisation) ->
        use model = Small.model f64 seed 2 (2, 3, 4)
        let batch = Small.batch f64 seed size time model
        let posterior, _ = observe model batch
        let distance = min distance time
        let far = imagine model batch posterior time OvershootingStart.None
        let near = imagine model batch posterior distance OvershootingStart.None
        require (near.Count = distance) $"{near.Count} distances instead of {distance}"

        for k in 0 .. distance - 1 do
            requireEqual $"the means at offset {k}" far[k].Distribution.Mean near[k].Distribution.Mean
            requireEqual $"the deviations at offset {k}" far[k].Distribution.Stddev near[k].Distribution.Stddev
            requireEqual $"the samples at offset {k}" far[k].Sample near[k].Sample

        // The same with the rows of each step, one per start, in reverse order.
        let reversed =
            LatentOvershooting.Step(fun sample belief action noise ->
                let turn (tensor: Tensor) = tensor.flip 0L
                let next = model.Dynamics.Transition(turn sample, turn belief, turn action, turn noise)
                LatentState(
                    DiagonalGaussian(turn next.Distribution.Mean, turn next.Distribution.Stddev), turn next.Sample, turn next.Belief
                ))

        let turned = LatentOvershooting.Imagine(reversed, posterior, batch.Actions, batch.Imagination, time, OvershootingStart.None)
        let divergences (states: LatentState seq) =
            states
            |> Seq.mapi (fun k state -> LatentOvershooting.Divergence(posterior.Distribution, state.Distribution, k, true))
            |> Array.ofSeq

        let average (rows: Tensor array) =
            number (LatentOvershooting.Average(rows, 0, time, normalisation, int64 time))

        let straight = divergences far
        requireNear "the rows of a step in another order" 1e-9 (average straight) (average (divergences turned))
        requireNear "the starts in another order" 1e-9 (average straight) (average (straight |> Array.map (fun row -> row.flip 1L))))
]
