namespace Prism.Tests.Quotas.Simulation;

/// <summary>Judges a record of admissions. Knows nothing of how limits are kept.</summary>
internal static class Windows
{
    /// <summary>The most that any window of 60 s ever had, counting reservations in full until they are settled.</summary>
    public static long MostIn60Seconds(IEnumerable<Admission> admissions, bool tokens) =>
        Most(admissions, tokens, admission => admission.At + 60);

    /// <summary>The most requests that ever were under way.</summary>
    public static long MostAtOnce(IEnumerable<Admission> admissions) =>
        Most(admissions, false, admission => Math.Min(admission.Settled, admission.Died));

    private static long Most(IEnumerable<Admission> admissions, bool tokens, Func<Admission, double> end)
    {
        var changes = new List<(double At, int Order, long Change)>();
        foreach (var admission in admissions)
        {
            var (reserved, used, gone) = (tokens ? admission.Reserved : 1, tokens ? admission.Used : 1, end(admission));
            changes.Add((admission.At, 2, reserved));
            if (admission.Settled < gone)
            {
                changes.Add((admission.Settled, 1, used - reserved));
                changes.Add((gone, 0, -used));
            }
            else
            {
                changes.Add((gone, 0, -reserved));
            }
        }

        var (most, sum) = (0L, 0L);
        foreach (var (_, _, change) in changes.OrderBy(change => change.At).ThenBy(change => change.Order))
        {
            sum += change;
            most = Math.Max(most, sum);
        }

        return most;
    }
}
