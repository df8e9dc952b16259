namespace PlaNet.Properties

open PlaNet.Experiments
open PlaNet.Models
open PlaNet.Torch

/// Small world models, and batches for them.
module Small =

    let options z g h =
        ModelOptions(StochasticSize = z, BeliefSize = g, HiddenSize = h, Depth = 1, RewardLayers = 1, RewardUnits = 6)

    /// Sizes of stochastic state, belief and hidden layers, from 1 up.
    let sizes = Input.triple (Input.integer 1 4) (Input.integer 1 6) (Input.integer 1 6)

    let model kind seed actionSize (z, g, h) =
        use generator = new torch.Generator(seed)
        let made = new WorldModel(options z g h, actionSize, generator)
        made.``to`` (kind: torch.ScalarType) |> ignore
        made

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
