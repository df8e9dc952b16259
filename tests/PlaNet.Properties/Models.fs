namespace PlaNet.Properties

open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Torch

/// Small world models, and batches for them.
module Small =

    let options z g h =
        ModelOptions(StochasticSize = z, BeliefSize = g, HiddenSize = h, Depth = 1, RewardLayers = 1, RewardUnits = 6)

    /// Forms that the latent dynamics can take, as changes to the options: each kind of model, and each switch once.
    let forms =
        Input.oneOf [
            []
            [ "model.prior_input=pre_gru" ]
            [ "model.gru=reset_after"; "model.model_layers=2"; "model.activation=swish" ]
            [ "model.deterministic=reference" ]
            [ "model.deterministic=belief_only" ]
            [ "model.transition=ssm" ]
            [ "model.transition=drnn" ]
            [ "model.transition=drnn"; "model.gru=reset_after"; "model.activation=elu" ]
        ]

    let ofForm (changes: string list) (z, g, h) =
        Overrides.ApplyAll(Experiment(Model = options z g h), changes).Model

    /// Sizes of stochastic state, belief and hidden layers, from 1 up.
    let sizes = Input.triple (Input.integer 1 4) (Input.integer 1 6) (Input.integer 1 6)

    let modelOf form kind seed actionSize sizes =
        use generator = new torch.Generator(seed)
        let made = new WorldModel(ofForm form sizes, actionSize, generator)
        made.``to`` (kind: torch.ScalarType) |> ignore
        made

    let model kind seed actionSize sizes = modelOf [] kind seed actionSize sizes

    type Batch =
        { Images: Tensor
          Actions: Tensor
          Rewards: Tensor
          Noise: Tensor }

        member this.Map change =
            { Images = change this.Images
              Actions = change this.Actions
              Rewards = change this.Rewards
              Noise = change this.Noise }

    let batch kind seed (size: int) (time: int) (model: WorldModel) =
        let shape rest = int64 size :: int64 time :: rest

        { Images = (uniform kind seed (shape [ 3L; 64L; 64L ])).sub 0.5
          Actions = ((uniform kind (seed + 1uL) (shape [ int64 model.ActionSize ])).mul 2.0).sub 1.0
          Rewards = gaussian kind (seed + 2uL) (shape [])
          Noise = gaussian kind (seed + 3uL) (shape [ model.Dynamics.StochasticSize ]) }

    let objective (model: WorldModel) options (batch: Batch) =
        Objective.Compute(model, options, batch.Images, batch.Actions, batch.Rewards, batch.Noise)

    /// The loss and its gradient by every parameter.
    let lossAndGradients model options batch =
        let terms = objective model options batch
        let gradients = torch.autograd.grad ([| terms.Total |], [| for p in model.parameters () -> p :> Tensor |])
        number terms.Total, gradients |> Seq.map (fun g -> numbers (nonNull g)) |> List.ofSeq
