namespace Prism.Tests;

/// <summary>
/// Tests that kill silos. How soon a cluster gets over it is real time, so nothing else runs beside them: the simulations of other tests keep
/// all cores busy.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KillingSilos
{
    public const string Name = "killing silos";
}
