using System.Collections.Immutable;

namespace Prism.Grains.Quotas;

/// <summary>
/// The sliding-window log of one rate: which blocks were granted, and for how long each counts.
/// </summary>
/// <remarks>
/// A block granted at g is spent between g and g + life (its life starts when it is asked for, before g), so it counts until g + life + window.
/// Consider any window and the last block granted before its end: every other block that could be spent in the window still counted at that
/// grant, so their sum was within the limit. Unlike a GCRA with r = (N − b) / (T + L), this permits the whole limit as one burst, and
/// its only loss is that capacity returns a block's life late: 60 / 62 under full demand.
/// </remarks>
internal static class RateLog
{
    /// <summary>The length of the window that a rate bounds, in ms.</summary>
    public const long Window = 60_000;

    /// <summary>The same as a duration.</summary>
    public static readonly TimeSpan WindowLength = TimeSpan.FromMilliseconds(Window);

    /// <summary>The life of a block while capacity is scarce, in ms.</summary>
    public const long ShortLife = 2_000;

    /// <summary>The life of a block while capacity is plentiful, in ms: the longer, the fewer calls.</summary>
    public const long LongLife = 20_000;

    // Blocks granted within this time share a slot, so that the log stays small with any number of silos.
    private const long ShortSlot = 500;
    private const long LongSlot = 2_000;

    /// <summary>How long a block of this number lives, in ms. The number has the kind of life in its lowest bit.</summary>
    public static long LifeOf(long block) => (block & 1) == 1 ? LongLife : ShortLife;

    /// <summary>The time from which a slot does not count.</summary>
    public static long ExpiryOf(RateSlot slot) => slot.At + LifeOf(slot.Block) + Window;

    /// <summary>The counted part of all grants.</summary>
    public static long Sum(ImmutableArray<RateSlot> slots)
    {
        var sum = 0L;
        foreach (var slot in slots)
        {
            sum += slot.Amount;
        }

        return sum;
    }

    /// <summary>Without the slots that do not count any more.</summary>
    public static ImmutableArray<RateSlot> Prune(ImmutableArray<RateSlot> slots, long now) =>
        slots.RemoveAll(slot => ExpiryOf(slot) <= now || slot.Amount == 0);

    /// <summary>With one more block.</summary>
    public static (ImmutableArray<RateSlot> Slots, long Block) Add(ImmutableArray<RateSlot> slots, long now, long amount, bool longLived)
    {
        var block = longLived ? (now / LongSlot * 2) + 1 : now / ShortSlot * 2;
        var index = IndexOf(slots, block);
        return index < 0
            ? (slots.Add(new(block, now, amount)), block)
            : (slots.SetItem(index, new(block, now, slots[index].Amount + amount)), block);
    }

    /// <summary>Without the part of a block that will never be spent. An expired block does not change.</summary>
    public static ImmutableArray<RateSlot> Return(ImmutableArray<RateSlot> slots, long block, long amount)
    {
        var index = IndexOf(slots, block);
        return index < 0 ? slots : slots.SetItem(index, slots[index] with { Amount = Math.Max(0, slots[index].Amount - amount) });
    }

    /// <summary>With the amount that was spent beyond a block: counted with it, or from now on if it has expired.</summary>
    public static ImmutableArray<RateSlot> Overspend(ImmutableArray<RateSlot> slots, long block, long amount, long now) =>
        IndexOf(slots, block) < 0 ? Add(slots, now, amount, longLived: false).Slots : Return(slots, block, -amount);

    /// <summary>The time at which this amount of the limit is free, if nothing more is granted. Null: never.</summary>
    public static long? FreeAt(ImmutableArray<RateSlot> slots, long now, long limit, long amount)
    {
        if (amount > limit)
        {
            return null;
        }

        var (free, at) = (limit - Sum(slots), now);
        foreach (var slot in slots.OrderBy(ExpiryOf))
        {
            if (free >= amount)
            {
                break;
            }

            free += slot.Amount;
            at = ExpiryOf(slot);
        }

        return at;
    }

    /// <summary>The time at which the full limit is free, if nothing more is granted.</summary>
    public static long EmptyAt(ImmutableArray<RateSlot> slots, long now)
    {
        var at = now;
        foreach (var slot in slots)
        {
            at = Math.Max(at, ExpiryOf(slot));
        }

        return at;
    }

    /// <summary>With every block counting for longer: clocks of two machines do not agree.</summary>
    public static ImmutableArray<RateSlot> Extend(ImmutableArray<RateSlot> slots, long by) =>
        [.. slots.Select(slot => slot with { At = slot.At + by })];

    private static int IndexOf(ImmutableArray<RateSlot> slots, long block)
    {
        // The newest are at the end, and they are read most.
        for (var i = slots.Length - 1; i >= 0; i--)
        {
            if (slots[i].Block == block)
            {
                return i;
            }
        }

        return -1;
    }
}
