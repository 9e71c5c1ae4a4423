namespace Prism.Grains.Quotas;

/// <summary>The open reservations of a silo, in reused slots: once the table has grown, a reservation allocates nothing.</summary>
internal sealed class ReservationTable(int blocksPerReservation)
{
    private Slot[] _slots = [];
    private int[] _free = [];
    private int _freeCount;

    /// <summary>The number of open reservations.</summary>
    public int Count => _slots.Length - _freeCount;

    /// <summary>Opens a reservation. The caller sets its blocks.</summary>
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

    /// <summary>Closes a reservation, unless it is closed.</summary>
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
