namespace Prism.Tests.Usage;

/// <summary>
/// Silos that report, an account that moves, a storage that fails, messages that are lost, late and doubled, and silos that die: whatever the
/// order, nothing counts twice, and only what the dead had not been told was taken may be missing.
/// </summary>
public sealed class UsageSimulationTests
{
    private const int SeedsPerCase = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(1001)]
    [InlineData(2001)]
    public async Task Nothing_counts_twice_and_the_living_lose_nothing(int firstSeed)
    {
        for (var seed = firstSeed; seed < firstSeed + SeedsPerCase; seed++)
        {
            // Without a synchronization context: each step is over when it returns.
            await Task.Run(() => new UsageWorld(seed).Run(steps: 600));
        }
    }
}
