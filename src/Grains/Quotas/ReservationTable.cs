namespace Prism.Grains.Quotas;

/// <summary>The open reservations of a silo, in slots that are used again: once it has grown, reserving allocates nothing.</summary>
internal sealed class ReservationTable(int blocksPerReservation)
{
    private Slot[] _slots = [];
    private int[] _free = [];
    private int _freeCount;

    /// <summary>How many are open.</summary>
    public int Count => _slots.Length - _freeCount;

    /// <summary>Opens one; its blocks are for the caller to fill in.</summary>
    public (int Index, int Version) Open(in Charge charge, out long[] blocks)
    {
        if (_freeCount == 0)
        {
            Grow();
        }

        var index = _free[--_freeCount];
        ref var slot = ref _slots[index];
        slot.Charge = charge;
        blocks = slot.Blocks;
        return (index, slot.Version);
    }

    /// <summary>Closes one, unless that was done before.</summary>
    public bool TryClose(int index, int version, out Charge charge, out long[] blocks)
    {
        ref var slot = ref _slots[index];
        (charge, blocks) = (slot.Charge, slot.Blocks);
        if (slot.Version != version)
        {
            return false;
        }

        slot.Version++;
        _free[_freeCount++] = index;
        return true;
    }

    private void Grow()
    {
        var (old, size) = (_slots.Length, Math.Max(16, _slots.Length * 2));
        Array.Resize(ref _slots, size);
        Array.Resize(ref _free, size);
        for (var i = size - 1; i >= old; i--)
        {
            _slots[i].Blocks = new long[blocksPerReservation];
            _free[_freeCount++] = i;
        }
    }

    private struct Slot
    {
        public int Version;
        public Charge Charge;
        public long[] Blocks;
    }
}
