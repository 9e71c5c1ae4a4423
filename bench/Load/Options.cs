using Prism.Bench.Cases;

namespace Prism.Bench;

/// <summary>What the command line asks for.</summary>
/// <param name="Cases">What to measure.</param>
/// <param name="Budget">How long it may take.</param>
/// <param name="Published">The directory of a Prism that is published already; null: it is published now.</param>
/// <param name="Against">The directory of another to measure it against; null: none.</param>
internal sealed record Options(IReadOnlyList<Case> Cases, Budget Budget, string? Published, string? Against)
{
    public static string Usage { get; } = $"""
        usage: dotnet run -c Release --project bench/Load -- <case>… [--quick] [--rounds <n>] [--seconds <n>] [--published <directory>] [--against <directory>]

          all          every case but soak
        {string.Join('\n', Case.All.Select(one => $"  {one.Name,-12} {one.Title}"))}

          --quick      short turns: shows that everything runs, in less than two minutes
          --rounds     how often each has its turn
          --seconds    how long a turn is; of soak, how long it takes altogether
          --published  a Prism that is published already
          --against    another one, to be measured beside it

        """;

    /// <summary>Null where the command line cannot be understood.</summary>
    public static Options? Parse(string[] args)
    {
        var (cases, budget, published, against) = (new List<Case>(), Budget.Full, default(string), default(string));
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    budget = Budget.Quick;
                    break;
                case "--rounds" when int.TryParse(args.ElementAtOrDefault(++i), out var rounds) && rounds > 0:
                    budget = budget with { Rounds = rounds };
                    break;
                case "--seconds" when double.TryParse(args.ElementAtOrDefault(++i), out var seconds) && seconds > 0:
                    budget = budget with { Seconds = seconds, SoakMinutes = seconds / 60 };
                    break;
                case "--published" when args.ElementAtOrDefault(++i) is { } directory:
                    published = directory;
                    break;
                case "--against" when args.ElementAtOrDefault(++i) is { } directory:
                    against = directory;
                    break;
                case "all":
                    cases.AddRange(Case.Usual);
                    break;
                case var name when Case.All.FirstOrDefault(one => one.Name == name) is { } found:
                    cases.Add(found);
                    break;
                default:
                    return null;
            }
        }

        return cases is [] ? null : new(cases, budget, published, against);
    }
}
