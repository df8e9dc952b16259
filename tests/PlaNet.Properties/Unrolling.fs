module PlaNet.Properties.Unrolling

open Expecto
open PlaNet.Models
open PlaNet.Planning
open PlaNet.Tensors
open TorchSharp

/// A transition model of a given form and sizes, and sequences for it, in float64.
type private Sequences(form, seed, sizes, batch: int, time: int) =
    let model =
        use generator = new torch.Generator(seed)
        let made = TransitionModels.Create(Small.ofForm form sizes, 2L, 7L, generator)
        made.``to`` f64 |> ignore
        made

    let shape size = [ int64 batch; int64 time; size ]
    member _.Model = model
    member val Embeddings = gaussian f64 (seed + 1uL) (shape 7L)
    member val Actions = gaussian f64 (seed + 2uL) (shape 2L)
    member val Noise = gaussian f64 (seed + 3uL) (shape model.StochasticSize)

    interface System.IDisposable with
        member _.Dispose() = model.Dispose()

let private inputs =
    Input.pair
        Small.forms
        (Input.quadruple Input.seed Small.sizes (Input.integer 1 3) (Input.pair (Input.integer 1 6) (Input.integer 0 5)))

/// Replaces the numbers of a sequence from a step on.
let private changedFrom (time: int64) seed (sequence: Tensor) =
    let other = gaussian f64 seed (List.ofArray sequence.shape)
    torch.cat ([| sequence.narrow (1L, 0L, time); other.narrow (1L, time, sequence.shape[1] - time) |], 1L)

let private parts (state: LatentState) =
    [ "mean", state.Distribution.Mean; "stddev", state.Distribution.Stddev; "sample", state.Sample; "belief", state.Belief ]

let private requireSameState what (expected: LatentState) (actual: LatentState) =
    for (name, e), (_, a) in List.zip (parts expected) (parts actual) do
        requireEqual $"{what}: {name}" e a

let private requireNearState what (expected: LatentState) (actual: LatentState) =
    for (name, e), (_, a) in List.zip (parts expected) (parts actual) do
        requireAllNear $"{what}: {name}" 1e-10 (numbers e) (numbers a)

/// Whether an image changes the belief only from the next step on. If the belief is the whole state, or contains the state of the decoder,
/// the image of a step changes the belief of the same step.
let private sharesBelief (model: TransitionModel) =
    match model with
    | :? DeterministicModel
    | :? Drnn -> false
    | _ -> true

let tests = testList "Unrolling" [

    // Seen to fail when Observe fed the next step's action, when it returned the posterior as the prior, and when the DRNN's priors started
    // from the posterior of their own step.
    "property 18: a posterior does not depend on later steps, nor a prior on the image of its step"
    |> Law.holds 160 inputs (fun (form, (seed, sizes, batch, (time, at))) ->
        use s = new Sequences(form, seed, sizes, batch, time)
        let at = int64 (at % time)
        let struct (posterior, prior) = s.Model.Observe(s.Embeddings, s.Actions, s.Noise)
        let later = changedFrom (at + 1L) (seed + 9uL)
        let struct (changedPosterior, _) = s.Model.Observe(later s.Embeddings, later s.Actions, s.Noise)

        for t in 0L .. at do
            requireSameState $"the posterior at {t} after a change from {at + 1L} on" (posterior.At t) (changedPosterior.At t)

        let struct (sighted, changedPrior) = s.Model.Observe(changedFrom at (seed + 9uL) s.Embeddings, s.Actions, s.Noise)
        requireEqual "prior means" (prior.Mean.narrow (1L, 0L, at + 1L)) (changedPrior.Mean.narrow (1L, 0L, at + 1L))
        requireEqual "prior deviations" (prior.Stddev.narrow (1L, 0L, at + 1L)) (changedPrior.Stddev.narrow (1L, 0L, at + 1L))

        // With few hidden units, ReLU may suppress the image completely.
        let _, _, hidden = sizes
        if hidden > 4 then
            require (not (posterior.Distribution.Mean.SameAs sighted.Distribution.Mean)) "the posterior does not see its image")

    // Seen to fail when Predict scaled the embeddings by 0.9, and when it imagined from the first step instead of the last seen.
    "property 19: open-loop prediction with the whole sequence as context equals the closed loop"
    |> Law.holds 160 inputs (fun (form, (seed, sizes, batch, (time, context))) ->
        use s = new Sequences(form, seed, sizes, batch, time)
        let struct (posterior, _) = s.Model.Observe(s.Embeddings, s.Actions, s.Noise)
        requireSameState "context = length" posterior (s.Model.Predict(s.Embeddings, s.Actions, s.Noise, time))

        // With a shorter context: the closed loop up to its end, then the transition.
        let context = 1 + context % time
        let predicted = s.Model.Predict(s.Embeddings, s.Actions, s.Noise, context)

        for t in 0 .. time - 1 do
            let expected =
                if t < context then
                    posterior.At t
                else
                    s.Model.Transition(predicted.At(int64 t - 1L), s.Actions.select (1L, t), s.Noise.select (1L, t))

            requireNearState $"step {t} with context {context}" expected (predicted.At t))

    // Seen to fail when Posterior scaled the action by 0.9, when Observe returned the posterior as the prior, and when the DRNN's priors
    // started from the posterior of their own step.
    "property 20: prior and posterior of a step share the belief"
    |> Law.holds 160 inputs (fun (form, (seed, sizes, batch, (time, _))) ->
        use s = new Sequences(form, seed, sizes, batch, time)
        let struct (posterior, prior) = s.Model.Observe(s.Embeddings, s.Actions, s.Noise)
        let mutable before = s.Model.InitialState batch

        for t in 0L .. int64 time - 1L do
            let act, noise = s.Actions.select (1L, t), s.Noise.select (1L, t)
            let imagined = s.Model.Transition(before, act, noise)
            let seen = s.Model.Posterior(before, act, s.Embeddings.select (1L, t), noise)
            if sharesBelief s.Model then requireEqual $"the belief of step {t}" imagined.Belief seen.Belief
            let state = posterior.At t
            requireNearState $"step {t} of the closed loop" seen state
            let expected = imagined.Distribution
            requireAllNear $"the prior's mean at {t}" 1e-10 (numbers expected.Mean) (numbers (prior.Mean.select (1L, t)))
            requireAllNear $"the prior's deviation at {t}" 1e-10 (numbers expected.Stddev) (numbers (prior.Stddev.select (1L, t)))
            before <- state)

    // Seen to fail when Features put the belief first, when WorldModelDynamics.Transition did, and when the DRNN's were its encoder's
    // state.
    "property 23: heads and planners get the features of the model's form"
    |> Law.holds 80 (Input.pair Small.forms (Input.triple Input.seed Small.sizes (Input.integer 1 5))) (fun (form, (seed, sizes, rows)) ->
        use model = Small.modelOf form f64 seed 2 sizes
        let dynamics = model.Dynamics
        let act, noise = gaussian f64 seed [ rows; 2L ], gaussian f64 (seed + 1uL) [ rows; dynamics.StochasticSize ]
        let start = dynamics.Transition(dynamics.InitialState rows, act, noise)
        let _, g, _ = sizes

        let expected =
            match dynamics with
            | :? Ssm -> [| start.Sample |]
            | :? DeterministicModel -> [| start.Belief |]
            | :? Drnn -> [| start.Belief.narrow (-1L, g, g) |]
            | _ -> [| start.Sample; start.Belief |]

        requireEqual "the features" (torch.cat (expected, -1L)) (dynamics.Features start)
        require (dynamics.FeatureSize = (dynamics.Features start).shape[1]) "another number of features"
        let seenByPlanners: ILatentDynamics = WorldModelDynamics model
        let row = WorldModelDynamics.State start
        let next = dynamics.Transition(start, act, noise)

        // The parts of a row are not contiguous, so that some processors sum in another order.
        let requireSame what (expected: Tensor) (actual: Tensor) =
            require (expected.shape = actual.shape) $"{what}: another shape"
            requireAllNear what 1e-12 (numbers expected) (numbers actual)

        requireSame "the planner's next state" (WorldModelDynamics.State next) (seenByPlanners.Transition(row, act, noise))
        requireSame "the planner's reward" (model.Reward.forward (dynamics.Features start)) (seenByPlanners.Reward row))
]
