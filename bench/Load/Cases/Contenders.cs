using Prism.Bench.Generator;
using Prism.Bench.Processes;

namespace Prism.Bench.Cases;

/// <summary>Prism as contenders.</summary>
internal static class Contenders
{
    /// <summary>Starts a Prism of each build and waits until it serves; none where there is no Redis for it.</summary>
    /// <param name="field">What runs.</param>
    /// <param name="suffix">What tells it from others: the name begins with the build's.</param>
    /// <param name="setup">How it is configured.</param>
    /// <param name="plan">The load on its silos.</param>
    public static async Task<IReadOnlyList<Contender>> OfPrismAsync(
        Field field, string suffix, PrismSetup setup, Func<IReadOnlyList<ServerProcess>, LoadPlan> plan)
    {
        var contenders = new List<Contender>();
        foreach (var (name, prism) in await field.StartPrismAsync(setup))
        {
            await prism.ReadyAsync();
            contenders.Add(new(name + suffix, prism.Silos, plan(prism.Silos)));
        }

        return contenders;
    }
}
