using Prism.Bench;

Console.WriteLine("| what | ns | B |");
Console.WriteLine("|---|--:|--:|");
await AdmissionBench.RunAsync();
await LedgerBench.RunAsync();
PromptHashBench.Run();
