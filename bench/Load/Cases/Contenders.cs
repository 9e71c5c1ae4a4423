using Prism.Bench.Generator;
using Prism.Bench.Processes;

namespace Prism.Bench.Cases;

/// <summary>Prism as a contender.</summary>
internal static class Contenders
{
    /// <summary>Starts a Prism of each build and waits until it is ready. Empty if the setup needs Redis and Redis is not installed.</summary>
    /// <param name="testbed">The processes of the bench.</param>
    /// <param name="suffix">The end of its name, which begins with that of the build.</param>
    /// <param name="setup">Its configuration.</param>
    /// <param name="plan">Makes the load on its silos.</param>
    public static async Task<IReadOnlyList<Contender>> OfPrismAsync(
        Testbed testbed, string suffix, PrismSetup setup, Func<IReadOnlyList<ServerProcess>, LoadPlan> plan)
    {
        var contenders = new List<Contender>();
        foreach (var (name, prism) in await testbed.StartPrismAsync(setup))
        {
            await prism.ReadyAsync();
            contenders.Add(new(name + suffix, prism.Silos, plan(prism.Silos)));
        }

        return contenders;
    }
}
