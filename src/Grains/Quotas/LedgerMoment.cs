using System.Collections.Immutable;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>The facts outside its state by which a ledger decides.</summary>
/// <param name="Now">Ledger time in ms.</param>
/// <param name="LiveSilos">The number of silos that share the capacity; at least 1.</param>
/// <param name="Dead">The dead ones among the silos that the ledger knows or that ask now.</param>
internal readonly record struct LedgerMoment(long Now, int LiveSilos, ImmutableHashSet<string> Dead);

/// <summary>The result of an ask.</summary>
/// <param name="Next">The ledger after it.</param>
/// <param name="Answer">The answer, to be given once <paramref name="Next"/> is safe.</param>
/// <param name="MustWrite">Whether it must be written first: capacity was granted or returned.</param>
internal readonly record struct LedgerTurn(LedgerState Next, LeaseAnswer Answer, bool MustWrite);
