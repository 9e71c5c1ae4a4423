using System.Collections.Immutable;
using Prism.Grains.Quotas;
using Prism.Pipeline.Costs;

namespace Prism.Tests.Costs;

/// <summary>The most that a call can cost: the dearest price that may apply to it, times its tokens.</summary>
public sealed class PriceBoundTests
{
    [Fact]
    public void The_bound_is_that_of_the_dearest_price_that_may_apply()
    {
        var random = new Random(14);
        for (var i = 0; i < 20_000; i++)
        {
            var price = RandomPrice(random) with
            {
                LongContext = RandomLongContext(random),
                Tiers = Enumerable.Range(0, random.Next(3)).ToImmutableDictionary(
                    number => $"tier-{number}", _ => RandomPrice(random) with { LongContext = RandomLongContext(random) }),
            };
            var tier = random.Next(5) switch { 0 => "tier-0", 1 => "tier-1", 2 => PricedFeatures.AutoTier, 3 => "unknown", _ => null };
            var features = new PricedFeatures(tier, random.Next(2) == 0 ? "messages[0].audio" : null, random.Next(2) == 0, null);
            var (prompt, answer) = (RandomTokens(random), RandomTokens(random));

            Assert.Equal(Expected(price, prompt, answer, features), price.BoundOf(prompt, answer, features));
        }
    }

    [Fact]
    public void A_bound_beyond_all_budgets_is_the_largest_there_is() => Assert.Equal(
        long.MaxValue, (ModelPrice.Free with { Output = 1_000_000 }).BoundOf(1, long.MaxValue));

    [Fact]
    public void It_allocates_nothing()
    {
        var price = ModelPrice.Free with { Input = 0.15m, Output = 0.6m };
        var sum = price.BoundOf(1, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
        {
            sum += price.BoundOf(i, i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sum > 0);
    }

    private static long Expected(ModelPrice price, long prompt, long answer, PricedFeatures features)
    {
        var tiers = features.Tier switch
        {
            PricedFeatures.AutoTier => price.Tiers.Values.Prepend(price),
            { } tier when price.Tiers.TryGetValue(tier, out var ofTier) => [ofTier],
            _ => [price],
        };
        var applicable = tiers.SelectMany(one =>
            (one.LongContext ?? price.LongContext) is { } more && prompt > more.Above ? [one, more.Price] : new[] { one });
        return applicable.Max(one => MicroUsd.Of(UsdOf(one, prompt, answer, features)));
    }

    private static decimal UsdOf(ModelPrice price, long prompt, long answer, PricedFeatures features)
    {
        decimal[] inputs = [price.Input, price.CachedInput, price.CacheWrite, price.CacheWrite1h, features.Audio is null ? 0 : price.AudioInput ?? 0];
        return ((prompt * inputs.Max()) + (answer * Math.Max(price.Output, features.AnswersAudio ? price.AudioOutput ?? 0 : 0))) / 1_000_000;
    }

    private static ModelPrice RandomPrice(Random random) => new()
    {
        Input = RandomUsd(random),
        CachedInput = RandomUsd(random),
        CacheWrite = RandomUsd(random),
        CacheWrite1h = RandomUsd(random),
        Output = RandomUsd(random),
        AudioInput = random.Next(2) == 0 ? RandomUsd(random) : null,
        AudioOutput = random.Next(2) == 0 ? RandomUsd(random) : null,
    };

    private static LongContextPrice? RandomLongContext(Random random) =>
        random.Next(3) == 0 ? new(random.Next(1_000_000), RandomPrice(random)) : null;

    private static decimal RandomUsd(Random random) => random.Next(4) == 0 ? 0 : new decimal(random.Next(1_000_000), 0, 0, false, (byte)random.Next(7));

    private static long RandomTokens(Random random) => random.Next(4) == 0 ? random.NextInt64(1L << 40) : random.Next(1_000_000);
}
