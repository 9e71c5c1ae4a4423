using System.Collections.Immutable;

namespace Prism.Pipeline.Routing;

/// <summary>The targets of a call in the order in which they are tried: the first, and its fallbacks.</summary>
/// <param name="First">The target that the first attempt calls.</param>
internal sealed record RoutePlan(ChatTarget First)
{
    /// <summary>The targets that are called if the targets before them fail before the first token.</summary>
    public ImmutableArray<ChatTarget> Fallbacks { get; init; } = [];

    /// <summary>
    /// Puts targets in order: by <see cref="RouteTarget.Order"/>, and at random among targets of the same order, in proportion to their weights. The
    /// others of that order are tried next.
    /// </summary>
    /// <param name="targets">At least one.</param>
    /// <param name="random">Decides between targets of the same order.</param>
    public static RoutePlan Of(ReadOnlySpan<RouteTarget> targets, Random random)
    {
        Span<RouteTarget> left = targets.ToArray();
        var fallbacks = ImmutableArray.CreateBuilder<ChatTarget>(targets.Length - 1);
        var first = PickNext(ref left, random);
        while (!left.IsEmpty)
        {
            fallbacks.Add(PickNext(ref left, random));
        }

        return new(first) { Fallbacks = fallbacks.DrainToImmutable() };
    }

    private static ChatTarget PickNext(ref Span<RouteTarget> left, Random random)
    {
        var chosen = Choose(left, random);
        var target = left[chosen].Target;
        // The others keep the given order.
        left[..chosen].CopyTo(left[1..]);
        left = left[1..];
        return target;
    }

    private static int Choose(ReadOnlySpan<RouteTarget> targets, Random random)
    {
        var (next, order, weights) = (0, targets[0].Order, 0L);
        for (var i = 0; i < targets.Length; i++)
        {
            (next, order, weights) = targets[i].Order < order ? (i, targets[i].Order, 0) : (next, order, weights);
            weights += targets[i].Order == order ? targets[i].Weight : 0;
        }

        // Without remaining weights, the next one in the given order is chosen.
        var drawn = weights > 0 && weights > targets[next].Weight ? random.NextInt64(weights) : -1;
        for (var i = next; drawn >= 0; i++)
        {
            drawn -= targets[i].Order == order ? targets[i].Weight : 0;
            next = i;
        }

        return next;
    }
}

/// <summary>A target of a plan.</summary>
/// <param name="Target">The provider and its model.</param>
/// <param name="Order">Targets of a lower order are tried before those of a higher one.</param>
/// <param name="Weight">Its share of the calls among targets of the same order, from 0: a target with 0 is only tried after the others have failed.</param>
internal readonly record struct RouteTarget(ChatTarget Target, int Order, int Weight = 1);
